namespace Cairn.Dashboard.Runs;

/// <summary>What a run is doing.</summary>
internal enum RunStatus
{
    /// <summary>Read from files; whether it is still running is unknown.</summary>
    Recorded,

    /// <summary>Training.</summary>
    Running,

    /// <summary>All epochs are complete.</summary>
    Finished,

    /// <summary>Stopped by a callback or from the page.</summary>
    Stopped,

    /// <summary>Interrupted by the user or the program.</summary>
    Interrupted,

    /// <summary>Ended by an exception.</summary>
    Failed,
}
