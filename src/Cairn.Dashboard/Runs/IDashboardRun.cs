namespace Cairn.Dashboard.Runs;

/// <summary>A run on the page: a running training, a run in files, or one posted by another program.</summary>
internal interface IDashboardRun
{
    /// <summary>The name in addresses.</summary>
    string Id { get; }

    /// <summary>The row in the table of runs.</summary>
    RunSummary Summary { get; }

    /// <summary>The values; read on demand for a run in files.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    /// <exception cref="Saving.ModelFormatException">A file is malformed.</exception>
    RunLog Open();

    /// <summary>The actions that the page may request; null if the run does not train in this program.</summary>
    IRunActions? Actions { get; }

    /// <summary>The file that an event names, if it may be downloaded.</summary>
    /// <param name="index">Index of the event.</param>
    /// <returns>The whole path; null if there is no such file, or it is none of the run's.</returns>
    string? FileOf(int index);
}
