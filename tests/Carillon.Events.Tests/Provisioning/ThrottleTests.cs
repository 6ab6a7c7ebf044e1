using System.Collections.Concurrent;
using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Provisioner;
using Carillon.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class ThrottleTests(ThrottledHost host) : IClassFixture<ThrottledHost>
{
    [Fact]
    public async Task On_a_platform_with_the_rates_of_AWS_two_shows_are_ready_in_order_and_when_it_was_said_without_one_call_too_many()
    {
        const int many = 200, few = 120;
        var later = await host.NewShow(many, staff: 3, hoursToDoors: 40);
        var sooner = await host.NewShow(few, staff: 3, hoursToDoors: 30);
        host.Asked.Clear();
        using var one = await host.Hire(o => o with { Rates = Rates.AwsIn("us-east-1") });
        using var other = await host.Hire(o => o with { Rates = Rates.AwsIn("us-east-1") });
        Progress Of(long show) => host.Events.Store.Read(view => view.ProgressOf(show));

        var said = new List<(long At, long Ready)>();
        long? soonerAt = null, dayOfAt = null;
        var laterThen = 0L;
        while (Of(later.Key) is var progress && (progress.Made < many || dayOfAt is null))
        {
            var first = Of(sooner.Key);
            if (soonerAt is null && first.Made == few) (soonerAt, laterThen) = (host.Clock.GetUtcNow().ToMicroseconds(), progress.Made);
            // Once the stages stand: what making one takes is no part of the forecast.
            if (first.Made > 20 && progress is { State: ProgressState.Working, Made: < many - 40, ReadyAt: { } ready }
                && host.Events.Store.Read(view => view.StageOf(later.Key)) is { State: Core.Stage.StageState.Ready })
                said.Add((host.Clock.GetUtcNow().ToMicroseconds(), ready));
            await Task.Delay(250, TestContext.Current.CancellationToken);
            if (dayOfAt is null && soonerAt is not null)
            {
                dayOfAt = host.Clock.GetUtcNow().ToMicroseconds();
                await host.Sell(sooner.Key, 1);
                await host.Events.Store.Write(ledger => ledger.PutWanted(sooner.Key, few + 1));
            }

            if (dayOfAt is { } sold && Of(sooner.Key) is { Made: few + 1 })
                Assert.InRange((host.Clock.GetUtcNow().ToMicroseconds() - sold) / 1e6, 0, 120);
        }

        var end = host.Clock.GetUtcNow().ToMicroseconds();
        Assert.True(host.Refused.IsEmpty, string.Join('\n', host.Refused));
        Assert.InRange(laterThen, 0, many / 2);
        Assert.True(said.Count > 10);
        // Never a tenth too late, and the two seconds that the last batch waits for its time and is written down. That it is not a
        // tenth too early either is tried by a clock that no other work delays (RehearsalTests); this machine may be busy.
        Assert.All(said, s => Assert.True(
            s.Ready - end <= 0.1 * (end - s.At) + 2_000_000 && s.Ready - s.At >= 0.5 * (end - s.At) - 2_000_000,
            $"{(end - s.At) / 1e6:0.0} s before, it was said to take {(s.Ready - s.At) / 1e6:0.0} s."));
        foreach (var (operation, perSecond) in ((string, double)[])[("users", 10), ("batches", 1), ("bearer", 10)])
        {
            foreach (var calls in host.Asked.Where(a => a.Operation == operation).GroupBy(a => a.Of))
            {
                var times = calls.Select(c => c.At).Order().ToList();
                for (var i = 0; i < times.Count; i++)
                {
                    var within = times.Count(at => at >= times[i] && at < times[i].AddSeconds(10));
                    // The first of a while may come as its last does, so one more is the rate still.
                    Assert.True(within <= 10 * perSecond + 1, $"{within} calls of {operation} in ten seconds, of {calls.Key}.");
                }
            }
        }

        Assert.Equal(few + 1 + 3 + 1, await host.Users(host.StageOf(sooner)));
        Assert.Equal(many + 3 + 1, await host.Users(host.StageOf(later)));
        await one.StopAsync(default);
        await other.StopAsync(default);
    }
}

/// <summary>With AWS's rates, and a book of what was asked and refused.</summary>
public sealed class ThrottledHost : ProvisionerHost
{
    /// <summary>What the platform was asked: users by the app instance, batches by the channel, and all that has a bearer.</summary>
    internal ConcurrentBag<(DateTimeOffset At, string Operation, string Of)> Asked { get; } = [];

    /// <summary>What came too soon.</summary>
    internal ConcurrentBag<string> Refused { get; } = [];

    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with { Throttling = "aws" };

    internal override void Furnish(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter>(new Book(this));

    private void Note(HttpContext http)
    {
        var (path, at) = (http.Request.Path.Value!, DateTimeOffset.UtcNow);
        if (http.Request.Headers["x-amz-chime-bearer"].ToString() is { Length: > 0 } bearer)
        {
            Asked.Add((at, "bearer", bearer));
            if (http.Request.QueryString.Value!.Contains("batch-create", StringComparison.Ordinal)) Asked.Add((at, "batches", bearer));
        }

        // All shows together, which is more than AWS asks for.
        if (path.StartsWith("/app-instance-users", StringComparison.Ordinal) && http.Request.Method is "POST" or "DELETE")
            Asked.Add((at, "users", ""));
    }

    private sealed class Book(ThrottledHost host) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (http, inner) =>
            {
                host.Note(http);
                await inner(http);
                var error = http.Response.Headers["x-amzn-ErrorType"].ToString();
                if (http.Response.StatusCode is 429 or 503 || error.Contains("Throttl", StringComparison.Ordinal)
                    || error.Contains("LimitExceeded", StringComparison.Ordinal) || error.Contains("Throughput", StringComparison.Ordinal))
                    host.Refused.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}: {http.Response.StatusCode} {error}");
            });
            next(app);
        };
    }
}
