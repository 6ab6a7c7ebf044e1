using System.Collections;
using Carillon.Events.Core.Store;
using Carillon.Events.Provisioner;
using Carillon.Events.Provisioner.Archiving;
using Microsoft.Extensions.Hosting;

// The provisioner alone, beside any endpoint. Several may run on one data folder.
try
{
    if (args is ["check", var file, ..]) return await ArchiveCommand.CheckAsync(file, args.Length > 2 ? args[2] : null);
    var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .ToDictionary(e => (string)e.Key, e => e.Value as string);
    var (options, folder) = ProvisionerSettings.Read(args, environment);
    Directory.CreateDirectory(folder);
    using var store = EventsStore.Open(Path.Combine(folder, "events.db"), TimeProvider.System);

    var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
    builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
    builder.Services.AddHostedService(services => new ProvisionerService(
        store, options, TimeProvider.System, services.GetRequiredService<ILoggerFactory>()));
    using var host = builder.Build();
    await host.StartAsync();
    Console.WriteLine("The provisioner works.");
    await host.WaitForShutdownAsync();
    return 0;
}
catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
