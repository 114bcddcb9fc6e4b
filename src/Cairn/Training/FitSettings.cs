namespace Cairn.Training;

/// <summary>The validated arguments of a run.</summary>
internal readonly record struct FitSettings(
    int InitialEpoch, int Epochs, bool Shuffle, ulong Seed, int? StepsPerEpoch, int StepsPerExecution, ValidationFrequency ValidationFreq);
