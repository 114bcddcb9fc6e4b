using Cairn.Callbacks;

namespace Cairn.Cli.Training;

/// <summary>What a training came to, as the closing tables show it.</summary>
internal sealed record TrainingOutcome
{
    public required TrainSettings Settings { get; init; }

    public required History History { get; init; }

    public required Watched Watched { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The model that was saved last; null where none was.</summary>
    public SavedModel? Saved { get; init; }

    /// <summary>What <see cref="Saved"/>, loaded again, gives on the validation rows (or all rows); null where there is no such model.</summary>
    public Logs? Evaluation { get; init; }

    /// <summary>The value of the model that training started from, where that was measured.</summary>
    public double? ValueBefore { get; init; }

    /// <summary>Files and what they hold.</summary>
    public required IReadOnlyList<(string Path, string Content)> Files { get; init; }

    public bool Interrupted => History.Events.Any(one => one.Kind == EventKind.Interrupted);
}
