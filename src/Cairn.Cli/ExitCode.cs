namespace Cairn.Cli;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line is invalid.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C: 128 plus the number of SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>128 plus the number of SIGTERM.</summary>
    public const int Terminated = 143;

    public const string Help = "Exit codes: 0 success; 1 failure, with one line on standard error that says why; 2 invalid command line; "
        + "130 stopped by Ctrl-C; 143 stopped by SIGTERM.";
}
