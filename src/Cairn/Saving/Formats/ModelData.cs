namespace Cairn.Saving;

/// <summary>
/// The contents of a whole-model <c>.h5</c> file, independent of the model classes. Weights are read from the file on demand.
/// </summary>
internal sealed class ModelData : IDisposable
{
    /// <summary>The Keras version whose format is written.</summary>
    public const string WrittenKerasVersion = "3.16.0";

    /// <summary>The Keras backend recorded in written files.</summary>
    public const string WrittenBackend = "torch";

    /// <summary>JSON of the model; null in a weights-only file.</summary>
    public string? ModelConfig { get; init; }

    /// <summary>JSON of the arguments of Compile; null for a model that was not compiled.</summary>
    public string? TrainingConfig { get; init; }

    /// <summary>The layers in the order of the model, including those without weights.</summary>
    public IReadOnlyList<LayerData> Layers { get; init; } = [];

    /// <summary>Weights of the model itself that belong to none of its layers.</summary>
    public IReadOnlyList<WeightData> TopLevelWeights { get; init; } = [];

    /// <summary>Variables of the optimizer; null if the file has none.</summary>
    public IReadOnlyList<WeightData>? OptimizerWeights { get; init; }

    public string? KerasVersion { get; init; } = WrittenKerasVersion;

    /// <summary>Whether Keras 1 or 2 wrote the file: Keras 3 always records its version.</summary>
    public bool IsOfKeras2 => KerasVersion is null or ['0' or '1' or '2', ..];

    /// <summary>The file that the weights are read from; null for data to be written.</summary>
    public WeightSource? Source { get; init; }

    public string? Backend { get; init; } = WrittenBackend;

    /// <summary>Cairn's metadata, such as the best value that a checkpoint was saved for. Keras ignores it.</summary>
    public IReadOnlyDictionary<string, string> CairnAttributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether to write a checksum.</summary>
    public bool CarriesChecksum { get; init; }

    /// <summary>Completes when the checksum of the file is verified.</summary>
    public Task Check { private get; set; } = Task.CompletedTask;

    /// <summary>Waits until the checksum is verified. If it differs, the file is closed.</summary>
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
        // The background check must not read from a closed file.
        ((IAsyncResult)Check).AsyncWaitHandle.WaitOne();
        Source?.Dispose();
    }
}
