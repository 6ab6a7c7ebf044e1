using Carillon.Samples.SupportChat;
using Carillon.Server.Hosting;

// Support chat: README.md beside this file says how to run it, Desk.cs what clients may say.
//
//   dotnet run --project samples/support-chat                            serves ws://localhost:4580/ws/support/production
//   dotnet run --project samples/support-chat -- token visitor ada Ada   prints a token for trying it out
try
{
    var settings = DeskSettings.Of(Environment.GetEnvironmentVariable);
    if (args is ["token", "visitor" or "agent", var id, .. var name])
    {
        Console.Out.WriteLine(new Tokens(settings.Secret, TimeProvider.System).Make(
            new(id, name.Length > 0 ? string.Join(' ', name) : id, IsAgent: args[1] == "agent"), TimeSpan.FromHours(12)));
        return 0;
    }

    await using var desk = new Desk(settings, TimeProvider.System);
    return await CarillonHost.Run(args, desk.Program());
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
