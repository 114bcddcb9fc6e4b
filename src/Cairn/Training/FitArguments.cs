using Cairn.Callbacks;

namespace Cairn.Training;

/// <summary>The arguments of <c>Fit</c> that do not depend on the kind of data.</summary>
internal sealed record FitArguments
{
    public FitArguments(
        int epochs,
        Verbosity verbose,
        IEnumerable<Callback>? callbacks,
        bool shuffle,
        int initialEpoch,
        int? stepsPerEpoch,
        int? validationSteps,
        ValidationFrequency? validationFreq)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(initialEpoch, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerEpoch ?? 1, 1, nameof(stepsPerEpoch));
        ArgumentOutOfRangeException.ThrowIfLessThan(validationSteps ?? 1, 1, nameof(validationSteps));
        (Epochs, Verbose, Callbacks, Shuffle) = (epochs, verbose, callbacks, shuffle);
        (InitialEpoch, StepsPerEpoch, ValidationSteps, ValidationFreq) =
            (initialEpoch, stepsPerEpoch, validationSteps, validationFreq ?? 1);
    }

    public int Epochs { get; }

    public Verbosity Verbose { get; }

    public IEnumerable<Callback>? Callbacks { get; }

    public bool Shuffle { get; }

    public int InitialEpoch { get; }

    public int? StepsPerEpoch { get; }

    public int? ValidationSteps { get; }

    public ValidationFrequency ValidationFreq { get; }

    /// <summary>How the samples are weighted, for comparing runs; null if all weights are 1.</summary>
    public string? Weighting { get; init; }

    public FitSettings Settings(ulong seed, int stepsPerExecution) =>
        new(InitialEpoch, Epochs, Shuffle, seed, StepsPerEpoch, stepsPerExecution, ValidationFreq);
}
