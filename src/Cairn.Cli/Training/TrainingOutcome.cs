using Cairn.Callbacks;

namespace Cairn.Cli.Training;

/// <summary>The result of a training, for the closing tables.</summary>
internal sealed record TrainingOutcome
{
    public required TrainSettings Settings { get; init; }

    public required History History { get; init; }

    public required Watched Watched { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The model that was saved last; null if none was.</summary>
    public SavedModel? Saved { get; init; }

    /// <summary>The evaluation of <see cref="Saved"/>, loaded again, on the validation rows (or all rows); null if there is no such
    /// model.</summary>
    public Logs? Evaluation { get; init; }

    /// <summary>The value of the initial model, if it was evaluated.</summary>
    public double? ValueBefore { get; init; }

    /// <summary>Files and their contents.</summary>
    public required IReadOnlyList<(string Path, string Content)> Files { get; init; }

    public bool Interrupted => History.Events.Any(one => one.Kind == EventKind.Interrupted);
}
