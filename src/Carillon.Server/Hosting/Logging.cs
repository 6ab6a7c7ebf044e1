namespace Carillon.Server.Hosting;

/// <summary>Logs on standard error, for people or for machines. Neither secrets nor content is ever in them.</summary>
internal static class Logging
{
    public static void Configure(ILoggingBuilder logging, string format)
    {
        logging.ClearProviders();
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (format == "json")
        {
            logging.AddJsonConsole(json => json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        }
        else
        {
            logging.AddSimpleConsole(text =>
            {
                text.SingleLine = true;
                text.TimestampFormat = "HH:mm:ss ";
            });
        }

        // Request lines hold signatures and tokens: the web server says nothing below a warning.
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.None);

        // It has nothing to say above what is filtered anyway, and for each request it is asked about it makes an activity
        // and a scope.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }
}

/// <summary>Stands in for a logger until the host that makes loggers is built.</summary>
internal sealed class LateLogger<T> : ILogger<T>
{
    public ILogger? Inner { get; set; }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => Inner?.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => Inner?.IsEnabled(logLevel) ?? false;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Inner?.Log(logLevel, eventId, state, exception, formatter);
}
