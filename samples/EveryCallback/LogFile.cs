using Microsoft.Extensions.Logging;

/// <summary>A logger that writes lines to a file; an application would use an existing provider.</summary>
internal sealed class LogFile(string path) : ILogger, IDisposable
{
    private readonly StreamWriter file = new(path, append: false);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        file.WriteLine($"{logLevel}: {formatter(state, exception)}");
        file.Flush();
    }

    public void Dispose() => file.Dispose();
}
