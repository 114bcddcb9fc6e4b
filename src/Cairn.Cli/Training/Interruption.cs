using System.Runtime.InteropServices;

namespace Cairn.Cli.Training;

/// <summary>Ctrl-C and SIGTERM while it lives: the first asks for an orderly end, a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private int exitCode;

    public Interruption(TextWriter error) => registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted, error)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated, error)),
    ];

    public CancellationToken Token => source.Token;

    /// <summary>What to tell the caller of the process; null where nobody interrupted.</summary>
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
        error.WriteLine("cairn: stopping after the batch under way (once more to stop at once)");
        source.Cancel();
    }
}
