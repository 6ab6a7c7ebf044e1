using System.Text;
using Carillon.Consume;
using Carillon.Wire.SigV4;

// dotnet run --project samples/consume -- STREAM [CHECKPOINT-FILE]
//
// Prints each record of a stream as it comes. The endpoint, region and key come from the variables that AWS's tools read:
// AWS_ENDPOINT_URL, AWS_REGION, and AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or
// AWS_SHARED_CREDENTIALS_FILE with AWS_PROFILE.
if (args is not [var stream, .. var rest] || rest.Length > 1)
{
    Console.Error.WriteLine("Say which stream, and maybe in which file to remember how far it was read.");
    return 2;
}

static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

static AwsCredentials Credentials()
{
    if (Variable("AWS_ACCESS_KEY_ID") is { } id)
    {
        return new(id, Variable("AWS_SECRET_ACCESS_KEY") ?? "", Variable("AWS_SESSION_TOKEN"));
    }

    var file = Variable("AWS_SHARED_CREDENTIALS_FILE")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aws", "credentials");
    var members = File.ReadLines(file).Select(line => line.Trim())
        .SkipWhile(line => line != $"[{Variable("AWS_PROFILE") ?? "default"}]").Skip(1).TakeWhile(line => !line.StartsWith('['))
        .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).Where(pair => pair.Length == 2)
        .ToDictionary(pair => pair[0], pair => pair[1]);
    return new(members["aws_access_key_id"], members["aws_secret_access_key"], members.GetValueOrDefault("aws_session_token"));
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

using var kinesis = new KinesisClient(
    new(Variable("AWS_ENDPOINT_URL") ?? "http://localhost:4580"), Credentials(), Variable("AWS_REGION") ?? "us-east-1");
var consumer = new StreamConsumer(kinesis, stream, rest is [var file] ? file : $"{stream}.checkpoint", records =>
{
    foreach (var record in records)
    {
        Console.WriteLine(Encoding.UTF8.GetString(record.Data));
    }

    return Task.CompletedTask;
});
try
{
    await consumer.Run(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    // Asked to stop in the middle of a request.
}

return 0;
