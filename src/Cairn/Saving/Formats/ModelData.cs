namespace Cairn.Saving;

/// <summary>Everything a whole-model <c>.h5</c> file holds, free of model classes. Weights that were read are taken from the file when they are needed.</summary>
internal sealed class ModelData : IDisposable
{
    /// <summary>The Keras version whose format is written.</summary>
    public const string WrittenKerasVersion = "3.16.0";

    /// <summary>The Keras backend that files are written as.</summary>
    public const string WrittenBackend = "torch";

    /// <summary>JSON of the model; null in a file that holds weights only.</summary>
    public string? ModelConfig { get; init; }

    /// <summary>JSON of the arguments of Compile; null for a model that was not compiled.</summary>
    public string? TrainingConfig { get; init; }

    /// <summary>Layers in the order of the model, those without weights included.</summary>
    public IReadOnlyList<LayerData> Layers { get; init; } = [];

    /// <summary>Weights that belong to the model itself and not to one of its layers.</summary>
    public IReadOnlyList<WeightData> TopLevelWeights { get; init; } = [];

    /// <summary>Variables of the optimizer; null when the file has none.</summary>
    public IReadOnlyList<WeightData>? OptimizerWeights { get; init; }

    public string? KerasVersion { get; init; } = WrittenKerasVersion;

    /// <summary>Whether Keras 2 (or 1) wrote the file: Keras 3 always names its version.</summary>
    public bool IsOfKeras2 => KerasVersion is null or ['0' or '1' or '2', ..];

    /// <summary>The file that the weights are read from; null for what is to be written.</summary>
    public WeightSource? Source { get; init; }

    public string? Backend { get; init; } = WrittenBackend;

    /// <summary>Cairn's own remarks, such as the best value a checkpoint was saved for. Keras does not look at them.</summary>
    public IReadOnlyDictionary<string, string> CairnAttributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a checksum is written with it.</summary>
    public bool CarriesChecksum { get; init; }

    /// <summary>Ends when the checksum of what was read is compared.</summary>
    public Task Check { private get; set; } = Task.CompletedTask;

    /// <summary>Waits until the checksum is compared. Where it differs the file is closed.</summary>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public void WaitUntilChecked()
    {
        try
        {
            Check.GetAwaiter().GetResult();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Closes the file that the weights are read from.</summary>
    public void Dispose()
    {
        // Nobody may read from a file that is closed.
        ((IAsyncResult)Check).AsyncWaitHandle.WaitOne();
        Source?.Dispose();
    }
}
