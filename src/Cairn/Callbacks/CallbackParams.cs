namespace Cairn.Callbacks;

/// <summary>The parameters of the run that a callback is attached to.</summary>
public sealed record CallbackParams
{
    /// <summary>The index of the epoch at which training ends, as given to <c>Fit</c>. Default 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The index of the epoch at which training begins, as given to <c>Fit</c>. Default 0.</summary>
    public int InitialEpoch { get; init; }

    /// <summary>Number of batches per epoch, or null if unknown. Default null.</summary>
    public int? Steps { get; init; }

    /// <summary>Number of samples per batch, or null if unknown; the last batch of an epoch may be smaller. Default null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Number of samples in the data, or null if unknown. Default null.</summary>
    public long? Samples { get; init; }

    /// <summary>0 = silent, 1 = progress bar, 2 = one line per epoch. Default 0.</summary>
    public int Verbose { get; init; }

    /// <summary>The writer for messages and the progress bar. Default: standard output.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>The writer for warnings. Default: standard error.</summary>
    public TextWriter Error { get; init; } = Console.Error;

    /// <summary>Index of this process among those that train together, from 0. Default 0.</summary>
    public int Rank { get; init; }

    /// <summary>Number of processes that train together. Default 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>The names that the model will log in this run, including those of validation; null if unknown.</summary>
    internal IReadOnlyList<string>? LoggedNames { get; init; }

    /// <summary>Whether validation runs after any epoch of this run; null if unknown.</summary>
    internal bool? Validates { get; init; }
}
