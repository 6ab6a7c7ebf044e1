using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Outbound;

namespace Carillon.Server.Responders;

/// <summary>
/// Asks the responders of bots about the messages that call them, and sends their answers. At least once: a question may be
/// asked again after a crash, under the same number; its answer comes into the channel once.
/// </summary>
internal sealed partial class BotResponder(
    IStore store, BotResponders responders, OutboundHttp http, Services services, TimeProvider time, ILogger<BotResponder> log)
    : BackgroundService
{
    /// <summary>Names the question, the same whenever it is asked.</summary>
    public const string CallHeader = "x-carillon-bot-call";

    // All bounds here are ours.
    private const int MostInFlight = 16;
    private const int MostRead = 256;
    private const int MostAttempts = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new Dictionary<(UserKey Bot, ChannelKey Channel), Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // One conversation is asked about one message at a time.
                foreach (var call in store.Read(view => view.ListBotCalls(MostRead)))
                {
                    if (running.Count < MostInFlight && !running.ContainsKey((call.Bot, call.Channel)))
                    {
                        running.Add((call.Bot, call.Channel), Carry(call, stoppingToken));
                    }
                }
            }
#pragma warning disable CA1031 // The list stands in the store: it is read again.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Failed(e);
            }

            await Task.WhenAny([.. running.Values, Task.Delay(Pause, time, stoppingToken)]);
            foreach (var (conversation, _) in running.Where(pair => pair.Value.IsCompleted).ToList())
            {
                running.Remove(conversation);
            }
        }

        await Task.WhenAll(running.Values);
    }

    /// <summary>Never fails: what goes wrong is logged, and the call stays in the list.</summary>
    private async Task Carry(BotCall call, CancellationToken stoppingToken)
    {
        try
        {
            var question = store.Read(view => BotCalls.Question(view, call));
            if (question is null || responders.Find(question.Bot.Configuration.BotAliasArn) is not { } url)
            {
                await store.Write(ledger => ledger.DeleteBotCall(call.Position));
                return;
            }

            await Ask(question, url, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start asks again.
        }
#pragma warning disable CA1031 // One call that cannot be carried out must not end those of the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);

            // So that what fails here is not asked again at once and for ever.
            await Task.Delay(Timeout, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Ask(BotQuestion question, Uri url, CancellationToken stoppingToken)
    {
        var asked = ResponderRequest.Of(question, services.Arns);
        BotAnswer? said;
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(asked, BotsJson.Default.ResponderRequest));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
            request.Headers.Add(CallHeader, question.Call.Position.ToString(CultureInfo.InvariantCulture));
            var answer = await http.Send(request, Timeout, stoppingToken);
            if (answer.Status is 408 or 429 or >= 500)
            {
                await Postpone(question, $"status {answer.Status}");
                return;
            }

            said = answer.IsSuccess
                ? ResponderAnswer.Read(answer.Body, asked)
                : ResponderAnswer.Failure("DependencyFailedException");
        }
        catch (OutboundException e)
        {
            await Postpone(question, e.Message);
            return;
        }
        catch (JsonException)
        {
            said = ResponderAnswer.Failure("BadGatewayException");
        }

        await Answer(question, said);
    }

    private async Task Postpone(BotQuestion question, string why)
    {
        Postponed(question.Call.Position, question.Call.Attempts + 1, why);
        if (question.Call.Attempts + 1 >= MostAttempts)
        {
            await Answer(question, ResponderAnswer.Failure("BadGatewayException"));
            return;
        }

        var wait = TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, question.Call.Attempts)));
        await store.Write(ledger =>
        {
            ledger.PostponeBotCall(question.Call, ledger.Now.Plus(wait));
            return true;
        });
    }

    private Task<bool> Answer(BotQuestion question, BotAnswer? answer) => store.Write(ledger =>
    {
        BotCalls.Answer(ledger, services.MessageIds, question, answer);
        return true;
    });

    [LoggerMessage(6001, LogLevel.Warning, "Bot call {Call} failed at attempt {Attempt}: {Why}")]
    private partial void Postponed(long call, int attempt, string why);

    [LoggerMessage(6002, LogLevel.Error, "A bot call failed; it is tried again.")]
    private partial void Failed(Exception exception);
}
