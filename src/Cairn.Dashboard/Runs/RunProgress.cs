namespace Cairn.Dashboard.Runs;

/// <summary>Where a run is, and how fast it goes.</summary>
internal sealed record RunProgress
{
    /// <summary>Index of the current epoch, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>Number of completed batches in that epoch.</summary>
    public int Batch { get; init; }

    /// <summary>Batches per epoch; null if not known yet.</summary>
    public int? Steps { get; init; }

    /// <summary>The index at which training ends; null if not known.</summary>
    public int? Epochs { get; init; }

    /// <summary>Samples per second; null if not known.</summary>
    public double? SamplesPerSecond { get; init; }

    /// <summary>Batches per second; null if not known.</summary>
    public double? BatchesPerSecond { get; init; }

    /// <summary>Seconds until the last epoch ends at this speed; null if not known.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>Seconds since training began in this process.</summary>
    public double? Seconds { get; init; }

    /// <summary>Memory of the process, in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The current learning rate.</summary>
    public double? LearningRate { get; init; }
}
