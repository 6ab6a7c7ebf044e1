using System.Diagnostics;
using System.Globalization;
using Carillon.Functions;
using Xunit;

namespace Carillon.Tests.Functions;

/// <summary>How many processes there are, how long they live, and what they see.</summary>
public class FunctionHostTests
{
    [Theory]
    [InlineData(FunctionHall.Node, "let n = 0;\nexport const handler = async () => ++n;")]
    [InlineData(FunctionHall.Python, "n = 0\ndef lambda_handler(event, context):\n    global n\n    n += 1\n    return n")]
    public async Task A_warm_process_is_used_again(string runtime, string text)
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.OneFile(runtime, text);

        Assert.Equal("1", (await hall.Run(plan)).Text());
        Assert.Equal("2", (await hall.Run(plan)).Text());
        Assert.Equal(1, hall.Host.Processes);
    }

    [Fact]
    public async Task A_host_that_ends_while_processes_start_leaves_none()
    {
        for (var i = 0; i < 10; i++)
        {
            var hall = await FunctionHall.Open();
            var plans = Enumerable.Range(0, 4).Select(_ => hall.OneFile(FunctionHall.Node, "export const handler = () => new Promise(() => setTimeout(() => {}, 600000));")).ToList();
            var calls = plans.Select(plan => Task.Run(() => hall.Run(plan))).ToList();
            for (var turn = 0; turn < i; turn++)
            {
                await Task.Delay(3, TestContext.Current.CancellationToken);
            }

            await hall.DisposeAsync();
            await Task.WhenAll(calls.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default)));

            var folders = plans.ConvertAll(p => p.Folder);
            Assert.DoesNotContain(Directory.EnumerateDirectories("/proc"), p => folders.Exists(f => Where(p)?.StartsWith(f, StringComparison.Ordinal) == true));
        }

        // The folder that a process works in; null where it is none, or another's who does not tell.
        static string? Where(string process)
        {
            try
            {
                return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task A_function_inherits_no_file_of_the_server_s()
    {
        await using var hall = await FunctionHall.Open();
        using var secret = File.Create(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), 1, FileOptions.DeleteOnClose);
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var plan = hall.OneFile(
            FunctionHall.Python,
            """
            import os
            def lambda_handler(event, context):
                return [os.readlink('/proc/self/fd/' + fd) for fd in os.listdir('/proc/self/fd') if os.path.islink('/proc/self/fd/' + fd)]
            """);

        var files = (await hall.Run(plan)).Json()!.AsArray().Select(f => (string)f!).ToList();

        // Standard input, output and error, the folder that is read, and the way to the Runtime API; nothing of the server's.
        Assert.All(files, file => Assert.True(
            file == "/dev/null" || file.StartsWith("pipe:", StringComparison.Ordinal)
            || file.StartsWith("socket:", StringComparison.Ordinal) || file.StartsWith("/proc/", StringComparison.Ordinal), file));
        Assert.InRange(files.Count, 3, 5);
        Assert.InRange(files.Count(f => f.StartsWith("socket:", StringComparison.Ordinal)), 0, 1);
    }

    [Fact]
    public async Task Fifty_callers_at_once_are_served_by_as_many_processes_as_may_be_one_event_at_a_time()
    {
        await using var hall = await FunctionHall.Open(mostPerFunction: 3);
        var plan = hall.OneFile(
            FunctionHall.Node,
            """
            let busy = 0;
            export const handler = async (event) => {
              if (++busy > 1) throw new Error('two at once');
              await new Promise((go) => setTimeout(go, 5));
              busy--;
              return { n: event.n, pid: process.pid };
            };
            """);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => hall.Run(plan, $$"""{"n":{{n}}}""")));

        Assert.All(outcomes, outcome => Assert.False(outcome.Failed));
        Assert.Equal(Enumerable.Range(0, 50), outcomes.Select(o => o.Json()!["n"]!.GetValue<int>()));
        Assert.InRange(outcomes.Select(o => o.Json()!["pid"]!.GetValue<int>()).Distinct().Count(), 1, 3);
        Assert.InRange(hall.Host.Processes, 1, 3);
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_ended_with_all_that_it_started()
    {
        var time = new ManualTime();
        await using var hall = await FunctionHall.Open(time);
        var plan = hall.OneFile(
            FunctionHall.Node,
            """
            import { spawn } from 'node:child_process';
            export const handler = async () => {
              console.log(`child ${spawn('sleep', ['600'], { stdio: 'ignore' }).pid} here`);
              await new Promise((go) => setTimeout(go, 600000));
            };
            """,
            seconds: 3);

        var running = hall.Run(plan);
        await hall.Printed(plan, " here");
        Assert.False(running.IsCompleted);
        time.Pass(TimeSpan.FromSeconds(3));
        var outcome = await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal("Sandbox.Timedout", outcome.ErrorType());
        Assert.EndsWith(" Error: Task timed out after 3.00 seconds", outcome.ErrorMessage(), StringComparison.Ordinal);
        Assert.Contains("Task timed out after 3.00 seconds", outcome.LogTail, StringComparison.Ordinal);
        var line = hall.Host.LogOf(plan.Name).Latest().Single(l => l.Contains("child ", StringComparison.Ordinal));
        var child = int.Parse(line.Split("child ")[1].Split(' ')[0], CultureInfo.InvariantCulture);
        await Gone(child);
    }

    [Fact]
    public async Task A_process_that_loads_for_too_long_is_started_again_within_the_time_of_the_invocation()
    {
        var time = new ManualTime();
        await using var hall = await FunctionHall.Open(time);
        var plan = hall.OneFile(
            FunctionHall.Node, "console.log('loading');\nawait new Promise((go) => setTimeout(go, 600000));\nexport const handler = async () => 1;",
            seconds: 5);

        var running = hall.Run(plan);
        await hall.Printed(plan, "loading");
        time.Pass(TimeSpan.FromSeconds(10));
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (hall.Host.LogOf(plan.Name).Latest().Count(l => l.Contains("loading", StringComparison.Ordinal)) < 2)
        {
            await Task.Delay(5, deadline.Token);
        }

        time.Pass(TimeSpan.FromSeconds(5));
        var outcome = await running.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal("Sandbox.Timedout", outcome.ErrorType());
        Assert.Equal(0, hall.Host.Processes);
    }

    [Fact]
    public async Task A_process_without_work_is_ended_after_a_while()
    {
        var time = new ManualTime();
        await using var hall = await FunctionHall.Open(time);
        await hall.Run(hall.OneFile(FunctionHall.Node, "export const handler = async () => 1;"));
        Assert.Equal(1, hall.Host.Processes);

        time.Pass(FunctionHost.LongestRest + TimeSpan.FromSeconds(10));

        Assert.Equal(0, hall.Host.Processes);
    }

    [Fact]
    public async Task A_process_with_old_credentials_is_not_used_again()
    {
        var time = new ManualTime();
        await using var hall = await FunctionHall.Open(time);
        var given = 0;
        var plan = hall.Plan(
            FunctionHall.Node, "index.handler", [("index.mjs", "export const handler = async () => process.env.AWS_ACCESS_KEY_ID;")],
            surround: () => new(
                new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = $"key{++given}" }, time.GetUtcNow() + TimeSpan.FromMinutes(1)));

        Assert.Equal("\"key1\"", (await hall.Run(plan)).Text());
        Assert.Equal("\"key1\"", (await hall.Run(plan)).Text());
        time.Pass(TimeSpan.FromSeconds(45));
        Assert.Equal("\"key2\"", (await hall.Run(plan)).Text());
    }

    [Fact]
    public async Task Another_revision_has_processes_of_its_own()
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.OneFile(FunctionHall.Node, "export const handler = async () => process.env.WHICH;");
        Assert.Equal("\"a\"", (await hall.Run(plan with { Variables = new Dictionary<string, string> { ["WHICH"] = "a" } })).Text());

        var changed = plan with { Revision = "2", Variables = new Dictionary<string, string> { ["WHICH"] = "b" } };
        Assert.Equal("\"b\"", (await hall.Run(changed)).Text());
        Assert.Equal(1, hall.Host.Processes);
    }

    [Fact]
    public async Task A_folder_is_in_use_until_the_last_event_of_a_retired_function_is_over()
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.OneFile(
            FunctionHall.Node,
            "import fs from 'node:fs';\nexport const handler = async go => { console.log('began'); while (!fs.existsSync(go)) await new Promise(r => setTimeout(r, 5)); };");
        var go = Path.Combine(Path.GetTempPath(), $"carillon-{Guid.NewGuid():n}");
        var running = hall.Run(plan, $"\"{go}\"");
        await hall.Printed(plan, "began");

        hall.Host.Retire(plan.Name);
        Assert.Equal([plan.Folder], hall.Host.FoldersInUse());
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        Assert.False((await running).Failed);
        File.Delete(go);

        Assert.Empty(hall.Host.FoldersInUse());
    }

    [Fact]
    public async Task Another_function_gets_the_place_of_one_that_is_idle()
    {
        await using var hall = await FunctionHall.Open(most: 1);
        var (one, two) = (
            hall.OneFile(FunctionHall.Node, "export const handler = async () => 1;"), hall.OneFile(FunctionHall.Node, "export const handler = async () => 2;"));

        Assert.Equal("1", (await hall.Run(one)).Text());
        Assert.Equal("2", (await hall.Run(two)).Text());
        Assert.Equal(1, hall.Host.Processes);
    }

    [Fact]
    public async Task It_says_what_was_printed_between_start_and_report()
    {
        await using var hall = await FunctionHall.Open();
        var outcome = await hall.Run(hall.OneFile(FunctionHall.Node, "export const handler = async () => { console.log('hello\\nworld'); console.error('bad'); process.stdout.write('half'); };"));
        var python = await hall.Run(hall.OneFile(
            FunctionHall.Python, "import logging\ndef lambda_handler(event, context):\n    print('plain')\n    logging.getLogger().warning('careful')"));

        var lines = outcome.LogTail.TrimEnd('\n').Split('\n');
        Assert.Matches("^START RequestId: [0-9a-f-]{36} Version: \\$LATEST$", lines[0]);
        Assert.Contains(lines, l => l.EndsWith("\tINFO\thello\rworld", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith("\tERROR\tbad", StringComparison.Ordinal));
        Assert.Contains("half", lines);
        Assert.Matches("^END RequestId: [0-9a-f-]{36}$", lines[^2]);
        Assert.Matches(
            "^REPORT RequestId: [0-9a-f-]{36}\tDuration: \\d+\\.\\d\\d ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\tMax Memory Used: \\d+ MB\tInit Duration: \\d+\\.\\d\\d ms$",
            lines[^1]);
        Assert.Contains("\nplain\n", python.LogTail, StringComparison.Ordinal);
        Assert.Matches("\\[WARNING\\]\t\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\t[0-9a-f-]{36}\tcareful", python.LogTail);
    }

    [Fact]
    public async Task It_sees_no_variable_of_the_server_and_those_that_Lambda_has()
    {
        Environment.SetEnvironmentVariable("CARILLON_TEST_SECRET", "must stay here");
        await using var hall = await FunctionHall.Open();
        var plan = hall.Plan(
            FunctionHall.Node, "index.handler", [("index.mjs", "export const handler = async () => process.env;")],
            variables: new() { ["TABLE_NAME"] = "rooms", ["AWS_REGION"] = "nowhere-1" });

        var seen = (await hall.Run(plan)).Json()!.AsObject();

        Assert.DoesNotContain("must stay here", seen.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("rooms", seen["TABLE_NAME"]!.GetValue<string>());
        Assert.Equal("eu-central-1", seen["AWS_REGION"]!.GetValue<string>());
        Assert.Equal("index.handler", seen["_HANDLER"]!.GetValue<string>());
        Assert.Equal(plan.Folder, seen["LAMBDA_TASK_ROOT"]!.GetValue<string>());
        Assert.Equal(":UTC", seen["TZ"]!.GetValue<string>());
        Assert.Equal($"/aws/lambda/{plan.Name}", seen["AWS_LAMBDA_LOG_GROUP_NAME"]!.GetValue<string>());
    }

    [Fact]
    public async Task Its_events_are_behind_a_path_that_nobody_else_knows()
    {
        await using var hall = await FunctionHall.Open();
        var answer = (await hall.Run(hall.OneFile(
            FunctionHall.Node,
            """
            const api = process.env.AWS_LAMBDA_RUNTIME_API;
            export const handler = async () => [api, (await fetch(`http://${api}/2018-06-01/runtime/invocation/next`)).status];
            """))).Json()!;
        var address = answer[0]!.GetValue<string>();
        using var http = new HttpClient();
        var token = TestContext.Current.CancellationToken;

        var guessed = await http.GetAsync(new Uri($"http://{address.Split('/')[0]}/2018-06-01/runtime/invocation/next"), token);
        var wrong = await http.PostAsync(new Uri($"http://{address}/2018-06-01/runtime/invocation/none/response"), new StringContent("{}"), token);

        Assert.Equal([404, 403, 400], [(int)guessed.StatusCode, answer[1]!.GetValue<int>(), (int)wrong.StatusCode]);
    }

    [Fact]
    public async Task A_runtime_that_the_machine_has_not_is_named()
    {
        await using var hall = await FunctionHall.Open();

        var outcome = await hall.Run(hall.Plan("ruby3.3", "a.b", [("a.rb", "")]));

        Assert.Equal(OutcomeKind.CannotRun, outcome.Kind);
        Assert.Contains("ruby3.3", outcome.Why, StringComparison.Ordinal);
    }

    private static async Task Gone(int process)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Directory.Exists($"/proc/{process}") && !(await File.ReadAllTextAsync($"/proc/{process}/stat", deadline.Token)).Contains(") Z ", StringComparison.Ordinal))
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
