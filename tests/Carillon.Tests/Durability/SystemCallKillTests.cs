using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Carillon.Backends.Sql;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>
/// E2: the server is killed at a certain system call that writes, syncs, renames or removes: in a first start, while an older
/// store is brought up to date, while changes are made, and while it stops.
/// </summary>
[Collection(nameof(Processes))]
public sealed class SystemCallKillTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-call-").FullName;
    private int _folders;
    private int _fired;

    [Fact]
    public async Task A_kill_at_any_system_call_loses_nothing_that_was_acknowledged()
    {
        // Each kind of call is gone through in steps, of which the usual run makes about 40 and the full one every one.
        var share = Math.Max(1, Size.Of("E2_POINTS", usual: 40, full: 600) / 40);
        var calls = await Task.WhenAll(
            Task.Run(() => Starts(share)), Task.Run(() => Changes(sabotage: null, [
                .. Points("fdatasync", 48, 7 * share), .. Points("pwrite64", 240, 7 * share),
                new("unlink", 1, "carillon.db-wal"), new("fdatasync", 1, "carillon.db"), new("pwrite64", 2, "carillon.db"), new("unlink", 1, "carillon.db-shm"),
            ])));

        Assert.Empty(calls.SelectMany(c => c));
        TestContext.Current.SendDiagnosticMessage($"{_fired} kills at system calls.");
        Assert.InRange(_fired, 30 * share, int.MaxValue);
    }

    [Fact]
    public async Task Control_a_server_that_promises_too_early_is_found_out()
    {
        var faults = await Changes("ack-before-commit", [new("fdatasync", 12, "carillon.db-wal")]);

        Assert.Contains(faults, fault => fault.Contains("lost", StringComparison.Ordinal));
    }

    private static IEnumerable<Point> Points(string call, int last, int count) =>
        Enumerable.Range(0, count).Select(i => 1 + (i * (last - 1) / Math.Max(1, count - 1))).Distinct().Select(when => new Point(call, when, null));

    /// <summary>First starts, and starts over the data of an older version: a folder for each.</summary>
    private async Task<List<string>> Starts(int share)
    {
        var faults = new List<string>();
        foreach (var point in (Point[])[
            .. Points("rename", 5, Math.Min(5, 4 * share)), .. Points("unlink", 9, Math.Min(9, 3 * share)),
            .. Points("fdatasync", 16, Math.Min(16, 4 * share)), .. Points("pwrite64", 280, 4 * share)])
        {
            var data = NewFolder();
            await KilledStart(data, point);
            faults.AddRange(await Serves(data, $"a first start, {point}", async (server, client) =>
            {
                var (status, _) = await client.Call(server.Address, HttpMethod.Get, "/app-instances", null);
                Assert.Equal(HttpStatusCode.OK, status);
                await CheckTls(server);
                CheckModes(data);
                return [];
            }));
        }

        foreach (var point in (Point[])[.. Points("fdatasync", 12, Math.Min(12, 4 * share)), .. Points("pwrite64", 200, 4 * share)])
        {
            var data = NewFolder();
            OlderStore.Make(Path.Combine(data, "carillon.db"));
            await KilledStart(data, point);
            faults.AddRange(await Serves(data, $"an older store, {point}", async (server, client) =>
                (await client.History(server.Address, OlderStore.Channel, OlderStore.Bearer)).Select(m => m.Content).SequenceEqual(OlderStore.Contents)
                    ? []
                    : ["lost: what the older store held"]));
        }

        return faults;
    }

    private async Task KilledStart(string data, Point point)
    {
        using var first = ServerProcess.Launch(data, under: point.Under(data, NewLog()));
        if (await first.IsReadyBeforeItEnds())
        {
            first.Kill();
            await first.Gone();
        }
        else
        {
            Interlocked.Increment(ref _fired);
        }
    }

    private static async Task<List<string>> Serves(
        string data, string after, Func<ServerProcess, Client, Task<List<string>>> look)
    {
        var (server, _) = await ServerProcess.Start(data);
        using (server)
        {
            using var client = new Client(server.Credentials());
            return [.. (await look(server, client)).Concat(Integrity(data)).Select(fault => $"after {after}: {fault}")];
        }
    }

    /// <summary>One folder after the other kill: every start serves what was acknowledged before all of them.</summary>
    private async Task<List<string>> Changes(string? sabotage, IReadOnlyList<Point> points)
    {
        const int changes = 50;
        var (data, faults) = (NewFolder(), new List<string>());
        var (server, _) = await ServerProcess.Start(data, sabotage);
        using var script = await Script.Prepare(server);
        await script.Run(server.Address, 3);
        server.Kill();
        await server.Gone();
        server.Dispose();
        foreach (var point in points)
        {
            using (var under = ServerProcess.Launch(data, sabotage, point.Under(data, NewLog())))
            {
                if (await under.IsReadyBeforeItEnds())
                {
                    faults.AddRange((await script.Judge(under.Address)).Concat(Integrity(data)).Select(f => $"before {point}: {f}"));
                    if (await script.Run(under.Address, changes))
                    {
                        // The call did not come in so many changes; it may while the server stops.
                        under.Terminate();
                    }
                }

                var (code, _) = await under.Exit(TimeSpan.FromSeconds(30));
                if (code == 0)
                {
                    faults.Add($"{point} did not come.");
                }

                Interlocked.Increment(ref _fired);
            }
        }

        (server, _) = await ServerProcess.Start(data, sabotage);
        using (server)
        {
            faults.AddRange((await script.Judge(server.Address)).Concat(Integrity(data)).Select(f => $"at the end: {f}"));
        }

        TestContext.Current.SendDiagnosticMessage($"{script.Made} changes over {points.Count} kills.");
        return faults;
    }

    private static IEnumerable<string> Integrity(string data)
    {
        using var sql = new SqliteDatabase(Path.Combine(data, "carillon.db")).OpenReader();
        return sql.Query("pragma integrity_check", static row => row.Text(0)).Where(line => line != "ok");
    }

    /// <summary>The certificate is the authority's, and the authority is what clients are told to trust.</summary>
    private static async Task CheckTls(ServerProcess server)
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(server.Folder, "tls", "ca.pem"));
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(authority);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.TlsPort, TestContext.Current.CancellationToken);
        using var tls = new SslStream(tcp.GetStream());

        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = trust },
            TestContext.Current.CancellationToken);
        Assert.True(tls.IsAuthenticated);
    }

    private static void CheckModes(string data)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (var path in Directory.GetFiles(data, "carillon.db*").Append(Path.Combine(data, "credentials")))
        {
            Assert.Equal((path, UnixFileMode.UserRead | UnixFileMode.UserWrite), (path, File.GetUnixFileMode(path)));
        }
    }

    private string NewFolder() =>
        Directory.CreateDirectory(Path.Combine(_folder, Interlocked.Increment(ref _folders).ToString(CultureInfo.InvariantCulture))).FullName;

    private string NewLog() => Path.Combine(_folder, $"trace-{Interlocked.Increment(ref _folders)}");

    public void Dispose() => ServerProcess.EndAllIn(_folder);

    /// <param name="When">Counted by each thread for itself.</param>
    /// <param name="File">Only calls on this one count; null for all.</param>
    private sealed record Point(string Call, int When, string? File)
    {
        public IReadOnlyList<string> Under(string data, string log) =>
            Strace.KillAt(Call, When, log, File is null ? null : Path.Combine(data, File));

        public override string ToString() => $"{Call} number {When}{(File is null ? "" : " on " + File)}";
    }

    /// <summary>A store as the version with the first three steps of the schema left it.</summary>
    private static class OlderStore
    {
        private const string App = "arn:aws:chime:us-east-1:123456789012:app-instance/a";

        public const string Channel = App + "/channel/c", Bearer = App + "/user/p";

        public static readonly string[] Contents = [.. Enumerable.Range(0, 40).Select(i => $"message {i}")];

        public static void Make(string file)
        {
            using var sql = new SqliteDatabase(file).OpenWriter();
            var assembly = typeof(SqlStore).Assembly;
            Migrator.Migrate(sql, Dialect.Sqlite, [.. new[] { "0001-first-light", "0002-iam-roles", "0003-elastic-channels-and-flows" }.Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name + ".sql")!);
                return new Migration(int.Parse(name[..4], CultureInfo.InvariantCulture), reader.ReadToEnd());
            })]);
            sql.ExecuteScript(
                """
                insert into app_instance(key, id, name, users, channels, admins, created, updated) values (1, 'a', 'a', 1, 1, 1, 1, 1);
                insert into person(key, app, kind, id, name, created, updated) values (1, 1, 0, 'p', 'p', 1, 1);
                insert into admin(app, person, created) values (1, 1, 1);
                insert into channel(key, app, id, name, mode, privacy, created_by, created, updated) values (1, 1, 'c', 'c', 0, 0, 1, 1, 1);
                insert into channel_head(channel, sequence, last_message, members, moderators, messages) values (1, 40, 40, 0, 0, 40);
                update log_head set position = 40, at = 40;
                """);
            for (var i = 0; i < Contents.Length; i++)
            {
                sql.Execute(
                    """
                    insert into message(position, channel, sequence, id, type, state, sender, created, updated, content)
                    values ($1, 1, $1, $2, 0, 0, 1, $1, $1, $3)
                    """,
                    i + 1, new byte[] { (byte)(i + 1) }, Contents[i]);
            }
        }
    }
}
