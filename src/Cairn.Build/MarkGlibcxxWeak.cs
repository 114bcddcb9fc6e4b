using Microsoft.Build.Framework;

namespace Cairn.Build;

/// <summary>
/// MSBuild task: lets libraries built with GCC 13 load on systems with an older libstdc++ (Debian 12, Ubuntu 22.04), by making
/// their requirement of <c>GLIBCXX_3.4.32</c> weak if they use nothing from it. A file that is damaged, of another kind, or
/// actually uses that version is left unchanged with warning CAIRN001; the build continues.
/// </summary>
public sealed class MarkGlibcxxWeak : ITask
{
    private const string WarningCode = "CAIRN001";

    /// <inheritdoc/>
    public IBuildEngine BuildEngine { get; set; } = null!;

    /// <inheritdoc/>
    public ITaskHost? HostObject { get; set; }

    /// <summary>The libraries.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>
    /// Where to write the marked copy of each file, one path for each of <see cref="Files"/>; by default, each file is replaced.
    /// A file that needs no change is not copied, and a copy from an earlier run is removed.
    /// </summary>
    public ITaskItem[]? DestinationFiles { get; set; }

    /// <inheritdoc/>
    public bool Execute()
    {
        ITaskItem[] destinations = DestinationFiles ?? Files;
        if (destinations.Length != Files.Length)
        {
            BuildEngine.LogErrorEvent(new BuildErrorEventArgs(null, "CAIRN003", BuildEngine.ProjectFileOfTaskNode,
                BuildEngine.LineNumberOfTaskNode, BuildEngine.ColumnNumberOfTaskNode, 0, 0,
                $"MarkGlibcxxWeak has {Files.Length} Files but {destinations.Length} DestinationFiles.", null, nameof(MarkGlibcxxWeak)));
            return false;
        }
        for (int i = 0; i < Files.Length; i++)
        {
            Mark(Files[i].ItemSpec, destinations[i].ItemSpec);
        }

        return true;
    }

    private void Mark(string file, string destination)
    {
        try
        {
            (MarkerState state, string? reason) = MarkedCopy.Write(file, destination);
            if (state != MarkerState.Strong && Path.GetFullPath(destination) != Path.GetFullPath(file) && File.Exists(destination))
            {
                File.Delete(destination);
            }

            if (state == MarkerState.Strong)
            {
                Say($"{destination}: {GlibcxxMarker.Version} of {GlibcxxMarker.Library} is no longer required.");
            }

            if (state == MarkerState.Untouchable)
            {
                Warn(file, reason!);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Warn(file, $"{destination} could not be written: {problem.Message}");
        }
    }

    private void Say(string message) =>
        BuildEngine.LogMessageEvent(new BuildMessageEventArgs(message, null, nameof(MarkGlibcxxWeak), MessageImportance.Low));

    private void Warn(string file, string reason) =>
        BuildEngine.LogWarningEvent(new BuildWarningEventArgs(null, WarningCode, file, 0, 0, 0, 0,
            $"{file} is left unchanged: {reason}. It may not load with a libstdc++ older than version 13 (Debian 12, Ubuntu 22.04).",
            null, nameof(MarkGlibcxxWeak)));
}
