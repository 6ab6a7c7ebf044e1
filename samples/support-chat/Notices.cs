using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Carillon.Samples.SupportChat;

/// <summary>
/// Tells agents that a visitor waits: once for a conversation until one of them answers, by webhook and to their browsers. What is owed
/// is in the store, so it is told after a restart, and again after a fault: at least once. It names the visitor and says nothing of
/// what was written.
/// </summary>
internal sealed class Notices : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _news = new(0);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly DeskSettings _settings;
    private readonly Conversations _conversations;
    private readonly TimeProvider _time;
    private readonly ECDsa _key = ECDsa.Create();
    private readonly Task _running;

    public Notices(DeskSettings settings, Conversations conversations, TimeProvider time)
    {
        (_settings, _conversations, _time) = (settings, conversations, time);
        _key.ImportPkcs8PrivateKey(conversations.Setting("push-key", WebPush.NewKey), out _);
        PushKey = WebPush.Point(_key.ExportParameters(false));
        _running = Task.Run(Run);
    }

    /// <summary>What browsers subscribe with: an uncompressed point of P-256.</summary>
    public byte[] PushKey { get; }

    /// <summary>Something may be owed.</summary>
    public void Look()
    {
        if (_news.CurrentCount == 0)
        {
            _news.Release();
        }
    }

    private async Task Run()
    {
        try
        {
            while (true)
            {
                var owed = _conversations.Owed(100);
                var isDone = true;
                foreach (var waiting in owed)
                {
                    isDone &= await Tell(waiting);
                }

                if (isDone && owed.Count == 100)
                {
                    continue;
                }

                // What is left is tried again by and by; what is new, at once.
                using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var news = _news.WaitAsync(pause.Token);
                await Task.WhenAny(news, isDone ? news : Task.Delay(_settings.Retry, _time, pause.Token));
                await pause.CancelAsync();
                _stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task<bool> Tell(Waiting waiting)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = "waiting",
            chatRoomId = waiting.Room,
            visitor = waiting.Visitor,
            name = waiting.Name,
            since = Desk.Stamp(waiting.Since),
        });
        return await Tell(waiting, Notice.Webhook, () => Post(body)) & await Tell(waiting, Notice.Push, () => Push(waiting, body));
    }

    private async Task<bool> Tell(Waiting waiting, Notice who, Func<Task<bool>> tell)
    {
        if (!waiting.Owed.HasFlag(who))
        {
            return true;
        }

        if (!await tell())
        {
            return false;
        }

        _conversations.Told(waiting, who);
        return true;
    }

    /// <summary>A receiver checks <c>x-support-signature</c>: <c>sha256=</c> and the HMAC of the body under the secret, in hex.</summary>
    private async Task<bool> Post(byte[] body)
    {
        if (_settings.Webhook is not { } url)
        {
            return true;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("x-support-signature", "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_settings.Secret, body)));
        return await Send(request) is >= 200 and < 300;
    }

    /// <summary>To every browser; those that are gone are forgotten. True unless nobody could be told and a later attempt may do better.</summary>
    private async Task<bool> Push(Waiting waiting, byte[] body)
    {
        var (told, later) = (0, 0);
        foreach (var to in _conversations.Subscriptions(1_000))
        {
            var endpoint = new Uri(to.Endpoint);
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(WebPush.Encrypt(body, to)) };
            request.Content.Headers.ContentEncoding.Add("aes128gcm");
            request.Headers.Authorization = new AuthenticationHeaderValue("vapid", WebPush.Authorization(_key, endpoint, _settings.Contact, _time));
            request.Headers.Add("TTL", "3600");
            request.Headers.Add("Urgency", "high");

            // A later push about the same conversation takes the place of one that was not delivered (RFC 8030, section 5.4).
            request.Headers.Add("Topic", Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(waiting.Room)).AsSpan(..24)));
            switch (await Send(request))
            {
                case >= 200 and < 300:
                    told++;
                    break;
                case 404 or 410:
                    _conversations.Unsubscribe(to.Endpoint);
                    break;
                case 0 or 429 or >= 500:
                    later++;
                    break;
                default:
                    // It will not take this one, now or later.
                    break;
            }
        }

        return told > 0 || later == 0;
    }

    /// <summary>The status; 0 where there is no answer.</summary>
    private async Task<int> Send(HttpRequestMessage request)
    {
        using var patience = new CancellationTokenSource(_patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _http.Dispose();
        _key.Dispose();
        _news.Dispose();
        _stop.Dispose();
    }
}
