using System.Runtime.InteropServices;

namespace Cairn.Distributed;

/// <summary>
/// A process that ends before it has left the others ends them too: an unhandled exception, an exit, a program that forgot to dispose.
/// </summary>
internal sealed partial class ProcessEnd : IDisposable
{
    private readonly ICollective collective;
    private readonly PosixSignalRegistration? terminated;
    private volatile bool isTerminated;

    public ProcessEnd(ICollective collective)
    {
        this.collective = collective;
        AppDomain.CurrentDomain.UnhandledException += Unhandled;
        AppDomain.CurrentDomain.ProcessExit += Exiting;
        terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => isTerminated = true);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= Unhandled;
        AppDomain.CurrentDomain.ProcessExit -= Exiting;
        terminated?.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int code);

    /// <summary>Number of cores of the machine, whether or not this process may use them.</summary>
    [LibraryImport("libc", EntryPoint = "get_nprocs")]
    private static partial int Processors();

    public static int OnlineCores() => OperatingSystem.IsLinux() ? Processors() : Environment.ProcessorCount;

    private void Unhandled(object sender, UnhandledExceptionEventArgs arguments)
    {
        var exception = arguments.ExceptionObject as Exception;
        Console.Error.WriteLine($"Unhandled exception in rank {collective.Rank} of {collective.Size}. {exception}");
        collective.Fail($"{exception?.GetType().Name}: {exception?.Message}");
        collective.Abort(1);
    }

    private void Exiting(object? sender, EventArgs arguments)
    {
        if (isTerminated)
        {
            return;
        }

        if (Environment.ExitCode != 0)
        {
            collective.Fail($"it ended with the exit code {Environment.ExitCode}");
            collective.Abort(Environment.ExitCode);
        }

        try
        {
            collective.Dispose();
        }
        catch (ReplicaException)
        {
            collective.Abort(1);
        }
    }
}
