namespace Cairn.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command was understood and could not be done.</summary>
    public const int Failure = 1;

    /// <summary>The command was not understood.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C: 128 and the number of SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>128 and the number of SIGTERM.</summary>
    public const int Terminated = 143;

    public const string Help = "Exit codes: 0 done; 1 failed, with one line on standard error that says why; 2 wrong usage; 130 stopped by "
        + "Ctrl-C; 143 stopped by SIGTERM.";
}
