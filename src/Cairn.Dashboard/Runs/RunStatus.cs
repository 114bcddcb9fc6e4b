namespace Cairn.Dashboard.Runs;

/// <summary>What a run is doing.</summary>
internal enum RunStatus
{
    /// <summary>Its files are read; whether it goes on is not known.</summary>
    Recorded,

    /// <summary>It trains.</summary>
    Running,

    /// <summary>It trained all its epochs.</summary>
    Finished,

    /// <summary>A callback or the page stopped it.</summary>
    Stopped,

    /// <summary>The user or the program interrupted it.</summary>
    Interrupted,

    /// <summary>An exception ended it.</summary>
    Failed,
}
