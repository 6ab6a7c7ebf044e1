using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Carillon.Events.Tests.Letters;

/// <summary>What a mail server does with the next one who connects.</summary>
internal enum Manner
{
    Take,

    /// <summary>Says nothing at all.</summary>
    Hang,

    /// <summary>Says nothing once it has the letter.</summary>
    HangAtTheEnd,

    /// <summary>550 to the recipient.</summary>
    Refuse,

    /// <summary>451 to the recipient.</summary>
    Busy,

    /// <summary>Goes without a word once it has the letter, which it keeps.</summary>
    TakeAndGo,
}

/// <summary>A letter as it came.</summary>
internal sealed partial record Received(string From, string To, string Data)
{
    public string Head => Data[..Data.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

    /// <summary>The text, quoted-printable undone.</summary>
    public string Text
    {
        get
        {
            var bytes = new List<byte>();
            var body = Data[(Head.Length + 4)..].Replace("=\r\n", "", StringComparison.Ordinal);
            for (var i = 0; i < body.Length; i++)
            {
                if (body[i] != '=') bytes.Add((byte)body[i]);
                else bytes.Add(byte.Parse(body.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                if (body[i] == '=') i += 2;
            }

            return Encoding.UTF8.GetString([.. bytes]);
        }
    }

    public string Link => LinkForm().Match(Text).Value;

    public string Token => Link[(Link.IndexOf("#lost=", StringComparison.Ordinal) + 6)..];

    public string Id => IdForm().Match(Head).Value;

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex LinkForm();

    [GeneratedRegex(@"(?mi)^Message-ID: \S+")]
    private static partial Regex IdForm();
}

/// <summary>A small mail server (RFC 5321) without TLS, on a port of its own.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Task running;
    private int connections;

    public MailServer()
    {
        listener.Start();
        running = RunAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public Manner Manner { get; set; }

    public int Connections => Volatile.Read(ref connections);

    public ConcurrentQueue<Received> Letters { get; } = new();

    /// <summary>Waits for that many letters, and answers with all.</summary>
    public async Task<Received[]> Have(int count)
    {
        await Desk.DeskHost.Eventually(() => Task.FromResult(Letters.Count >= count), $"{count} letters have come");
        return [.. Letters];
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        await running;
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ending.Token);
                Interlocked.Increment(ref connections);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var open = client;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var (from, to) = ("", "");
        try
        {
            if (Manner == Manner.Hang) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending.Token);
            await Say("220 test");
            while (await reader.ReadLineAsync(ending.Token) is { } line)
            {
                switch (line.Split(' ', ':')[0].ToUpperInvariant())
                {
                    case "EHLO" or "HELO" or "RSET" or "NOOP":
                        await Say("250 test");
                        break;
                    case "MAIL":
                        from = line;
                        await Say("250 fine");
                        break;
                    case "RCPT":
                        to = line;
                        await Say(Manner switch { Manner.Refuse => "550 no such box as " + line, Manner.Busy => "451 later", _ => "250 fine" });
                        break;
                    case "DATA":
                        await Say("354 go on");
                        var data = new StringBuilder();
                        while (await reader.ReadLineAsync(ending.Token) is { } part && part != ".")
                            data.Append(part.StartsWith('.') ? part[1..] : part).Append("\r\n");
                        if (Manner == Manner.HangAtTheEnd) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending.Token);
                        Letters.Enqueue(new Received(from, to, data.ToString()));
                        if (Manner == Manner.TakeAndGo) return;
                        await Say("250 taken");
                        break;
                    case "QUIT":
                        await Say("221 bye");
                        return;
                    default:
                        await Say("502 unknown");
                        break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Whoever spoke has gone, or the test is over.
        }

        async Task Say(string line) => await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), ending.Token);
    }
}
