using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Durability;

/// <summary>A send that was answered with an error, or not at all (status 0) while its connection stood.</summary>
internal sealed record Refused(int Status, string? Code, TimeSpan Took);

/// <summary>Senders and listeners, each writing down what it saw; the server may die and come back under them.</summary>
internal sealed class Storm : IDisposable
{
    private readonly Client _client;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Sent> _sent = [];
    private readonly ConcurrentBag<List<Received>> _sessions = [];
    private readonly List<Task> _senders = [];
    private readonly List<Task> _listeners = [];
    private readonly List<string> _channels = [];
    private readonly List<string> _hearers = [];
    private volatile Uri _server;
    private string _sender = "";
    private int _reads;
    private int _acked;
    private int _unknown;
    private int _established;
    private int _heard;
    private volatile bool _stopSending;
    private volatile Action? _atNextAcknowledgement;

    private Storm(AwsCredentials credentials, Uri server)
    {
        _client = new Client(credentials);
        _server = server;
    }

    public int Acked => Volatile.Read(ref _acked);

    /// <summary>Requests without an answer, or with one that promises nothing.</summary>
    public int Unknown => Volatile.Read(ref _unknown);

    public int SessionsEstablished => Volatile.Read(ref _established);

    /// <summary>How each session that was established has ended; null where its connection broke.</summary>
    public ConcurrentQueue<int?> CloseCodes { get; } = [];

    /// <summary>Sends that the server did not take.</summary>
    public ConcurrentQueue<Refused> Refusals { get; } = [];

    /// <summary>Lists of messages that were answered.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Lists of messages that were not answered with 200, and why.</summary>
    public ConcurrentQueue<string> FailedReads { get; } = [];

    /// <summary>Makes the app instance, a sender, the channels, and for each a user who hears it and the next one.</summary>
    public static async Task<Storm> Prepare(ServerProcess server, int channels = 3)
    {
        var storm = new Storm(server.Credentials(), server.Address);
        var app = await storm.Create("/app-instances", null, new { Name = "storm", ClientRequestToken = "app" }, "AppInstanceArn");
        Task<string> User(string id) => storm.Create(
            "/app-instance-users", null,
            new { AppInstanceArn = app, AppInstanceUserId = id, Name = id, ClientRequestToken = id }, "AppInstanceUserArn");
        storm._sender = await User("sender");
        for (var i = 0; i < channels; i++)
        {
            storm._hearers.Add(await User($"hearer-{i}"));
        }

        for (var i = 0; i < channels; i++)
        {
            storm._channels.Add(await storm.Create(
                "/channels", storm._sender,
                new
                {
                    AppInstanceArn = app,
                    Name = $"c{i}",
                    Mode = "UNRESTRICTED",
                    Privacy = "PRIVATE",
                    ClientRequestToken = $"c{i}",
                    MemberArns = new[] { storm._hearers[i], storm._hearers[(i + 1) % channels] }.Distinct(),
                },
                "ChannelArn"));
        }

        return storm;
    }

    private Task<string> Create(string path, string? bearer, object body, string member) =>
        _client.Create(_server, path, bearer, body, member);

    /// <summary>Returns once every listener has its session.</summary>
    public async Task Begin(int senders, int listeners)
    {
        _listeners.AddRange(Enumerable.Range(0, listeners).Select(i => Task.Run(() => Listen(_hearers[i % _hearers.Count]))));
        await Patience.Until(() => SessionsEstablished >= listeners, "The sessions were not established.");
        _senders.AddRange(Enumerable.Range(0, senders).Select(i => Task.Run(() => Send(i))));
    }

    /// <summary>Somebody who reads the newest messages of a channel, again and again.</summary>
    public void BeginReading() => _listeners.Add(Task.Run(Read));

    /// <summary>The server has moved: from here on it is tried there.</summary>
    public void MoveTo(Uri server) => _server = server;

    /// <summary>Waits until so many more sends were acknowledged and the listeners have heard as many.</summary>
    public async Task Flow(int more)
    {
        var (acked, heard) = (Acked + more, Heard + more);
        var (last, since) = ((Acked, Heard), Stopwatch.StartNew());
        while (Acked < acked || Heard < heard)
        {
            if ((Acked, Heard) != last)
            {
                (last, since) = ((Acked, Heard), Stopwatch.StartNew());
            }

            Assert.True(since.Elapsed < TimeSpan.FromSeconds(30), "The storm does not go on.");
            await Task.Delay(1);
        }
    }

    /// <summary>
    /// Acts the moment a sender is told that its message is stored: a server that says so too early has no time left.
    /// </summary>
    public async Task AtNextAcknowledgement(Action act)
    {
        _atNextAcknowledgement = act;
        await Patience.Until(() => _atNextAcknowledgement is null, "The storm does not go on.");
    }

    public Task Ended(int sessions) => Patience.Until(() => CloseCodes.Count >= sessions, "The sessions did not end.");

    /// <summary>Every sender finishes what it has begun, or gives it up where nobody is there.</summary>
    public async Task Finish()
    {
        _stopSending = true;
        await Task.WhenAll(_senders);
    }

    private async Task Send(int sender)
    {
        for (var n = 0; !_stopSending; n++)
        {
            var channel = _channels[(sender + n) % _channels.Count];
            var content = $"sender {sender} message {n}";
            var begun = Stopwatch.GetTimestamp();
            var id = await UntilAnswered(channel, content, giveUp: n % 5 == 4);
            if (id is not null)
            {
                Interlocked.Exchange(ref _atNextAcknowledgement, null)?.Invoke();
                Interlocked.Increment(ref _acked);
            }

            _sent.Add(new(channel, content, begun, id is null ? null : Stopwatch.GetTimestamp(), id));
        }
    }

    /// <summary>Sends, with the same token until there is an answer; null where it was given up and nobody knows.</summary>
    private async Task<string?> UntilAnswered(string channel, string content, bool giveUp)
    {
        var body = new
        {
            Content = content,
            Type = "STANDARD",
            Persistence = "PERSISTENT",
            ClientRequestToken = content.Replace(' ', '-'),
        };
        while (true)
        {
            var begun = Stopwatch.GetTimestamp();
            try
            {
                var (status, answer) = await _client.Call(
                    _server, HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/messages", _sender, body);
                if (status == HttpStatusCode.Created)
                {
                    return (string)answer["MessageId"]!;
                }

                Assert.True((int)status >= 500, $"A send was answered {status}: {answer.ToJsonString()}");
                Refusals.Enqueue(new((int)status, (string?)answer["Code"], Stopwatch.GetElapsedTime(begun)));
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                if (e is OperationCanceledException)
                {
                    Refusals.Enqueue(new(0, "no answer", Stopwatch.GetElapsedTime(begun)));
                }
            }

            Interlocked.Increment(ref _unknown);
            if (giveUp || _stopSending)
            {
                return null;
            }

            await Task.Delay(20);
        }
    }

    private async Task Read()
    {
        for (var n = 0; !_end.IsCancellationRequested; n++)
        {
            try
            {
                var (status, _) = await _client.Call(
                    _server, HttpMethod.Get,
                    $"/channels/{Uri.EscapeDataString(_channels[n % _channels.Count])}/messages?max-results=10", _sender);
                if (status == HttpStatusCode.OK)
                {
                    Interlocked.Increment(ref _reads);
                }
                else
                {
                    FailedReads.Enqueue($"{status}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                FailedReads.Enqueue(e.Message);
            }

            await Task.Delay(10);
        }
    }

    /// <summary>Connects, writes down what comes, and connects again, until the end.</summary>
    private async Task Listen(string user)
    {
        while (!_end.IsCancellationRequested)
        {
            var received = new List<Received>();
            var established = false;
            int? code = null;
            try
            {
                using var socket = await _client.Connect(_server, user, _end.Token);
                while (await Client.Receive(socket, _end.Token) is { } frame)
                {
                    switch ((string?)frame["Headers"]!["x-amz-chime-event-type"])
                    {
                        case "SESSION_ESTABLISHED":
                            established = true;
                            Interlocked.Increment(ref _established);
                            break;
                        case "CREATE_CHANNEL_MESSAGE":
                            var payload = System.Text.Json.Nodes.JsonNode.Parse((string)frame["Payload"]!)!;
                            Interlocked.Increment(ref _heard);
                            received.Add(new(
                                (string)payload["ChannelArn"]!, (string)payload["MessageId"]!,
                                long.Parse((string)frame["Headers"]!["x-carillon-sequence"]!, CultureInfo.InvariantCulture)));
                            break;
                    }
                }

                code = (int?)socket.CloseStatus;
            }
            catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or OperationCanceledException)
            {
                if (!_end.IsCancellationRequested)
                {
                    await Task.Delay(20);
                }
            }

            if (established)
            {
                _sessions.Add(received);
                CloseCodes.Enqueue(code);
            }
        }
    }

    public async Task StopListening()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_listeners);
    }

    /// <summary>What the checker makes of it all, with the history that the server shows now.</summary>
    public async Task<List<string>> Judge()
    {
        var history = new Dictionary<string, List<Stored>>();
        foreach (var channel in _channels)
        {
            history.Add(channel, await _client.History(_server, channel, _sender));
        }

        Assert.Equal(Acked, _sent.Count(s => s.Acked is not null));
        return Checker.Check([.. _sent], history, _sessions);
    }

    /// <summary>Frames of messages, over all sessions.</summary>
    public int Heard => Volatile.Read(ref _heard);

    public void Dispose()
    {
        _end.Cancel();
        _client.Dispose();
        _end.Dispose();
    }
}
