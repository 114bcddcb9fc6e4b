using Cairn.Callbacks;
using Cairn.Dashboard.Runs;

namespace Cairn.Dashboard.Folders;

/// <summary>The contents of the files of a run.</summary>
/// <param name="History">Values and events.</param>
/// <param name="Settings">Settings by name.</param>
/// <param name="Seconds">Duration in seconds; null if unknown.</param>
internal sealed record LoadedRun(History History, IReadOnlyDictionary<string, string> Settings, double? Seconds)
{
    private const string TagsSetting = "tags";

    /// <summary>The settings and tags as the page shows them.</summary>
    public RunDescription Description => new()
    {
        Settings = Settings,
        Tags = Settings.TryGetValue(TagsSetting, out string? tags)
            ? tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [],
    };
}
