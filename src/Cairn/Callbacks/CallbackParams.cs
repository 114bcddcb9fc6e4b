namespace Cairn.Callbacks;

/// <summary>What a callback may want to know about the run it is part of.</summary>
public sealed record CallbackParams
{
    /// <summary>The index of the epoch at which training ends, as given to <c>Fit</c>. Default 1.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>The index of the epoch at which training begins, as given to <c>Fit</c>. Default 0.</summary>
    public int InitialEpoch { get; init; }

    /// <summary>Batches in an epoch, or null while that is unknown. Default null.</summary>
    public int? Steps { get; init; }

    /// <summary>Samples in a batch, or null while that is unknown; the last batch of an epoch may have fewer. Default null.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Samples in the data, or null while that is unknown. Default null.</summary>
    public long? Samples { get; init; }

    /// <summary>0 silent, 1 a progress bar, 2 one line per epoch. Default 0.</summary>
    public int Verbose { get; init; }

    /// <summary>Where messages and the progress bar go. Default: standard output.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>Where warnings go. Default: standard error.</summary>
    public TextWriter Error { get; init; } = Console.Error;
}
