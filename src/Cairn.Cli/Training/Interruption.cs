using System.Runtime.InteropServices;

namespace Cairn.Cli.Training;

/// <summary>Handles Ctrl-C and SIGTERM until disposed: the first signal stops the training after the current batch, a second one ends the
/// process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private readonly string message;
    private int exitCode;

    /// <summary>Begins to handle signals.</summary>
    /// <param name="error">Where <paramref name="message"/> is written.</param>
    /// <param name="message">What the first signal does.</param>
    public Interruption(TextWriter error, string message = "cairn: stopping after the current batch (repeat to stop immediately)")
    {
        this.message = message;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted, error)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated, error)),
        ];
    }

    public CancellationToken Token => source.Token;

    /// <summary>The exit code of the process; null if there was no signal.</summary>
    public int? Code => exitCode == 0 ? null : exitCode;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void Stop(PosixSignalContext context, int code, TextWriter error)
    {
        if (Interlocked.CompareExchange(ref exitCode, code, 0) != 0)
        {
            return;
        }

        context.Cancel = true;
        error.WriteLine(message);
        source.Cancel();
    }
}
