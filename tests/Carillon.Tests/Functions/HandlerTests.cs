using Carillon.Functions;
using Xunit;

namespace Carillon.Tests.Functions;

/// <summary>Handlers as AWS's runtimes find and call them, in real processes of Node and Python.</summary>
public class HandlerTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Good => new()
    {
        { "index.mjs", "index.handler", "export const handler = async (event) => ({ got: event.n + 1 });", """{"got":3}""" },
        { "index.js", "index.handler", "exports.handler = async (event) => event.n;", "2" },
        { "index.cjs", "index.handler", "module.exports.handler = async (event) => [event.n];", "[2]" },
        { "index.js", "index.handler", "exports.handler = (event, context, callback) => setTimeout(() => callback(null, 'late'), 5);", "\"late\"" },
        { "index.js", "index.handler", "exports.handler = (event, context) => { context.succeed({ ok: true }); };", """{"ok":true}""" },
        { "index.js", "index.handler", "exports.handler = () => {};", "null" },
        { "index.js", "index.handler", "exports.handler = async () => undefined;", "null" },
        { "src/app.js", "src/app.deep.er.handler", "exports.deep = { er: { handler: async () => 'deep' } };", "\"deep\"" },
        { "index.mjs", "index.handler", "const made = await Promise.resolve(7);\nexport const handler = async () => made;", "7" },
        { "index.js", "index.handler", "exports.handler = async (e, c) => [c.functionName.startsWith('function-'), c.awsRequestId.length, c.getRemainingTimeInMillis() > 1000, c.memoryLimitInMB];", """[true,36,true,"128"]""" },
        { "lambda_function.py", "lambda_function.lambda_handler", "def lambda_handler(event, context):\n    return {'got': event['n'] + 1}", """{"got": 3}""" },
        { "pack/age/mod.py", "pack/age/mod.run", "import decimal\ndef run(event, context):\n    return [decimal.Decimal('2'), decimal.Decimal('2.5')]", "[2, 2.5]" },
        { "mod.py", "mod.run", "def run(event, context):\n    return [len(context.aws_request_id), context.get_remaining_time_in_millis() > 1000, context.memory_limit_in_mb]", """[36, true, "128"]""" },
        { "mod.py", "mod.run", "def run(event, context):\n    pass", "null" },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public async Task It_is_found_and_called(string file, string handler, string text, string answer)
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.Plan(file.EndsWith(".py", StringComparison.Ordinal) ? FunctionHall.Python : FunctionHall.Node, handler, [(file, text)]);

        var outcome = await hall.Run(plan, """{"n":2}""");

        Assert.Equal((answer, false), (outcome.Text(), outcome.Failed));
    }

    [Fact]
    public async Task A_package_of_modules_is_imported_by_its_type()
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.Plan(
            FunctionHall.Node, "index.handler",
            [("package.json", """{"type":"module"}"""), ("index.js", "import { sep } from 'node:path';\nexport const handler = async () => sep;")]);

        Assert.Equal("\"/\"", (await hall.Run(plan)).Text());
    }

    public static TheoryData<string, string, string, string> Bad => new()
    {
        { "index.mjs", "index.handler", "export const handler = async () => { throw new TypeError('no'); };", "TypeError" },
        { "index.js", "index.handler", "exports.handler = async () => { throw 'Unauthorized'; };", "string" },
        { "index.js", "index.handler", "exports.handler = (e, c, callback) => callback('Unauthorized');", "string" },
        { "index.js", "index.handler", "exports.handler = async () => BigInt(1);", "TypeError" },
        { "index.js", "index.nothing", "exports.handler = async () => 1;", "Runtime.HandlerNotFound" },
        { "index.js", "other.handler", "exports.handler = async () => 1;", "Runtime.ImportModuleError" },
        { "index.js", "index.handler", "require('no-such-package');", "Runtime.ImportModuleError" },
        { "index.mjs", "index.handler", "import 'no-such-package';", "Runtime.ImportModuleError" },
        { "index.js", "index.handler", "exports.handler = (", "Runtime.UserCodeSyntaxError" },
        { "index.mjs", "index.handler", "export const handler = (", "Runtime.UserCodeSyntaxError" },
        { "index.js", "../index.handler", "exports.handler = async () => 1;", "Runtime.MalformedHandlerName" },
        { "index.js", "index.handler", "throw new RangeError('at once');", "RangeError" },
        { "index.js", "index.handler", "exports.handler = () => new Promise(() => {});", "Runtime.NodeJsExit" },
        { "index.js", "index.handler", "exports.handler = () => new Promise(() => { Promise.reject(new Error('lost')); setTimeout(() => {}, 9000); });", "Runtime.UnhandledPromiseRejection" },
        { "index.js", "index.handler", "exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError('later'); }, 5));", "RangeError" },
        { "index.js", "index.handler", "exports.handler = async () => process.exit(0);", "Runtime.ExitError" },
        { "mod.py", "mod.run", "def run(event, context):\n    return event['missing']", "KeyError" },
        { "mod.py", "mod.walk", "def run(event, context):\n    pass", "Runtime.HandlerNotFound" },
        { "mod.py", "mad.run", "def run(event, context):\n    pass", "Runtime.ImportModuleError" },
        { "mod.py", "mod.run", "def run(event, context:\n    pass", "Runtime.UserCodeSyntaxError" },
        { "mod.py", "run", "def run(event, context):\n    pass", "Runtime.MalformedHandlerName" },
        { "mod.py", "mod.run", "1 / 0", "ZeroDivisionError" },
        { "mod.py", "mod.run", "def run(event, context):\n    return object()", "Runtime.MarshalError" },
        { "mod.py", "mod.run", "import sys\ndef run(event, context):\n    sys.exit(0)", "Runtime.ExitError" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_goes_wrong_is_told_in_the_runtime_s_own_words(string file, string handler, string text, string type)
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.Plan(file.EndsWith(".py", StringComparison.Ordinal) ? FunctionHall.Python : FunctionHall.Node, handler, [(file, text)]);

        var outcome = await hall.Run(plan);

        Assert.True(outcome.Failed);
        Assert.Equal(type, outcome.ErrorType());
    }

    [Fact]
    public async Task An_exit_tells_its_status()
    {
        await using var hall = await FunctionHall.Open();
        var seven = await hall.Run(hall.OneFile(FunctionHall.Node, "export const handler = async () => process.exit(7);"));
        var killed = await hall.Run(hall.OneFile(FunctionHall.Node, "export const handler = async () => process.kill(process.pid, 'SIGKILL');"));
        var none = await hall.Run(hall.OneFile(FunctionHall.Node, "export const handler = async () => process.exit(0);"));

        Assert.EndsWith(" Error: Runtime exited with error: exit status 7", seven.ErrorMessage(), StringComparison.Ordinal);
        Assert.EndsWith(" Error: Runtime exited with error: signal: killed", killed.ErrorMessage(), StringComparison.Ordinal);
        Assert.EndsWith(" Error: Runtime exited without providing a reason", none.ErrorMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thrown_error_has_a_trace_in_Node_and_a_stack_trace_in_Python()
    {
        await using var hall = await FunctionHall.Open();
        var node = await hall.Run(hall.OneFile(FunctionHall.Node, "export const handler = async () => { throw new Error('no'); };"));
        var python = await hall.Run(hall.OneFile(FunctionHall.Python, "def lambda_handler(event, context):\n    raise ValueError('no')"));

        Assert.Equal("Error: no", node.Json()!["trace"]![0]!.GetValue<string>());
        Assert.Contains("line 2, in lambda_handler", Assert.Single(python.Json()!["stackTrace"]!.AsArray())!.GetValue<string>());
        Assert.Equal(36, python.Json()!["requestId"]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task An_answer_of_more_than_6_MB_is_refused_and_one_of_6_MB_is_not()
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.OneFile(FunctionHall.Node, "export const handler = async (event) => 'x'.repeat(event.size);");

        var fits = await hall.Run(plan, """{"size":6291554}""");
        var large = await hall.Run(plan, """{"size":6291555}""");

        Assert.Equal((6_291_556, false), (fits.Payload.Length, fits.Failed));
        Assert.Equal("Function.ResponseSizeTooLarge", large.ErrorType());
        Assert.Equal("Response payload size exceeded maximum allowed payload size (6291556 bytes).", large.ErrorMessage());
        Assert.False((await hall.Run(plan, """{"size":1}""")).Failed);
    }

    [Fact]
    public async Task A_function_that_prints_without_end_costs_what_is_kept_and_no_more()
    {
        await using var hall = await FunctionHall.Open();
        var plan = hall.OneFile(
            FunctionHall.Node,
            "export const handler = async () => { for (let i = 0; i < 3000; i++) process.stdout.write('y'.repeat(1000) + (i % 7 ? '' : '\\n')); };");

        var outcome = await hall.Run(plan);

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(outcome.LogTail), 1, 4096);
        Assert.InRange(hall.Host.LogOf(plan.Name).Latest().Sum(l => l.Length), 1, FunctionLog.MostHeld);
    }
}
