using System.Globalization;
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
    IStore store, BotResponders responders, Webhooks webhooks, OutboundHttp http, Services services, TimeProvider time,
    ILogger<BotResponder> log)
    : BackgroundService
{
    /// <summary>Names the question, the same whenever it is asked.</summary>
    public const string CallHeader = "x-carillon-bot-call";

    // All bounds here are ours.
    private const int MostInFlight = 16;
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
                var free = MostInFlight - running.Count;
                if (free > 0)
                {
                    var due = store.Read(view => view.ListBotCalls(MostInFlight + running.Count));
                    foreach (var call in due.Where(c => !running.ContainsKey((c.Bot, c.Channel))).Take(free))
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
            await GiveWay(call, e, stoppingToken);
        }
    }

    /// <summary>What fails here waits as if it had not been answered, so that it keeps no place for ever.</summary>
    private async Task GiveWay(BotCall call, Exception why, CancellationToken stoppingToken)
    {
        try
        {
            // A store that takes nothing says nothing about the call.
            if (why is not Refusal { Reason: Reason.Busy or Reason.StoreUnavailable })
            {
                await store.Write(ledger =>
                {
                    if (call.Attempts + 1 < MostAttempts)
                    {
                        ledger.PostponeBotCall(call, ledger.Now.Plus(WaitAfter(call)));
                        return true;
                    }

                    return ledger.DeleteBotCall(call.Position);
                });
                return;
            }
        }
#pragma warning disable CA1031 // It stands in the store as it stood, and is taken up again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e);
        }

        await Task.Delay(Timeout, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static TimeSpan WaitAfter(BotCall call) =>
        TimeSpan.FromSeconds(Math.Min(LongestWait.TotalSeconds, Math.Pow(2, call.Attempts)));

    private async Task Ask(BotQuestion question, Uri url, CancellationToken stoppingToken)
    {
        var asked = ResponderRequest.Of(question, services.Arns);
        BotAnswer? said;
        try
        {
            using var request = webhooks.Post(url, JsonSerializer.SerializeToUtf8Bytes(asked, BotsJson.Default.ResponderRequest));
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

        await store.Write(ledger =>
        {
            ledger.PostponeBotCall(question.Call, ledger.Now.Plus(WaitAfter(question.Call)));
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
