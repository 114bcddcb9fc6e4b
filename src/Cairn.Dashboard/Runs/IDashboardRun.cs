namespace Cairn.Dashboard.Runs;

/// <summary>A run on the page: one under way, one in files, or one that another program posts.</summary>
internal interface IDashboardRun
{
    /// <summary>The name in addresses.</summary>
    string Id { get; }

    /// <summary>The row in the table of runs.</summary>
    RunSummary Summary { get; }

    /// <summary>The values; read from the files where they are in files.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="Saving.ModelFormatException">A file is malformed.</exception>
    RunLog Open();

    /// <summary>What the page may ask of the run; null where it does not train here.</summary>
    IRunActions? Actions { get; }

    /// <summary>The file that an event names, if it may be downloaded.</summary>
    /// <param name="index">Index of the event.</param>
    /// <returns>The whole path; null if there is no such file, or it is none of the run's.</returns>
    string? FileOf(int index);
}
