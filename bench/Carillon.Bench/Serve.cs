using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Server.Hosting;

namespace Carillon.Bench;

/// <summary>What a server has used since it started.</summary>
/// <param name="Processor">Seconds, of all threads.</param>
/// <param name="Allocated">Bytes on the managed heap, collected ones included.</param>
/// <param name="Resident">Bytes in memory now.</param>
internal sealed record Usage(double Processor, long Allocated, int Collections, long Resident)
{
    public static Usage Now()
    {
        using var process = Process.GetCurrentProcess();
        return new(
            process.TotalProcessorTime.TotalSeconds, GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0),
            process.WorkingSet64);
    }
}

/// <summary>Where the server listens, and the key to it.</summary>
internal sealed record Address(int Port, string AccessKeyId, string SecretAccessKey);

[JsonSerializable(typeof(Usage))]
[JsonSerializable(typeof(Address))]
internal sealed partial class BenchJson : JsonSerializerContext;

/// <summary>The measured process: the platform as it is shipped. Each line that comes in is answered with its usage.</summary>
internal static class Serve
{
    public static async Task Run(BenchOptions options)
    {
        await using var platform = Platform.Build(new CarillonOptions
        {
            Data = options.Data!,
            Port = 0,
            TlsPort = 0,
            NoApps = true,
            Quotas = "UsersPerAppInstance=10000000,MembershipsPerChannel=10000000",
        });
        await platform.App.StartAsync();
        var root = platform.Root;
        Tell(JsonSerializer.Serialize(
            new(platform.Port, root.AccessKeyId, root.SecretAccessKey), BenchJson.Default.Address));
        while (await Console.In.ReadLineAsync() is not null)
        {
            Tell(JsonSerializer.Serialize(Usage.Now(), BenchJson.Default.Usage));
        }

        await platform.App.StopAsync();
    }

    private static void Tell(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
