using System.Collections.Concurrent;
using Carillon.Events.Tests.Desk;
using Microsoft.Extensions.Logging;

namespace Carillon.Events.Tests.Hostile;

/// <summary>A host that keeps all that the app's process logs, however unimportant, and lets anybody try as often as they like.</summary>
public sealed class LoudHost : DeskHost
{
    private readonly Lines lines = new();

    /// <summary>Level, category and text of each entry, with its exception.</summary>
    internal IReadOnlyCollection<(LogLevel Level, string Text)> Logged => lines.All;

    internal void Forget() => lines.All.Clear();

    internal override EventsOptions Adjust(EventsOptions options) => base.Adjust(options) with
    {
        FailuresPerMinute = int.MaxValue,
        ShowFailuresPerMinute = int.MaxValue,
    };

    internal override void Adjust(ILoggingBuilder logs) => logs.AddProvider(lines).SetMinimumLevel(LogLevel.Trace);

    private sealed class Lines : ILoggerProvider
    {
        public ConcurrentQueue<(LogLevel Level, string Text)> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Line(categoryName, this);

        public void Dispose()
        {
        }
    }

    private sealed class Line(string category, Lines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.All.Enqueue((logLevel, $"{category} {eventId.Id} {formatter(state, exception)} {exception}"));
    }
}
