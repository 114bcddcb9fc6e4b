using Cairn.Optimizers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Whole models in Keras' legacy <c>.h5</c> files.</summary>
internal static class LegacyModelFile
{
    public static void Save(Model model, string path, IReadOnlyDictionary<string, string>? remarks)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        ModelData data = Describe(model, remarks ?? new Dictionary<string, string>());
        AtomicFile.Write(path, stream => LegacyHdf5.Write(stream, data));
    }

    public static Model Load(string path, bool compile)
    {
        ModelData data = LegacyHdf5.Read(path);
        try
        {
            return Read(data, path, compile);
        }
        catch (ConfigException exception)
        {
            throw new ModelFormatException(exception.Message, path, exception.Place, exception);
        }
    }

    /// <summary>What a callback remarked when it saved the file, by key; nothing for a file of Keras.</summary>
    public static IReadOnlyDictionary<string, string> ReadRemarks(string path) => LegacyHdf5.ReadCairnAttributes(path);

    /// <summary>Puts a file's weights (and optimizer state, where both sides have it) into a model.</summary>
    public static void LoadWeights(Model model, string path)
    {
        ModelData data = LegacyHdf5.Read(path);
        WeightTransfer.Load(model, data.Layers, path);
        if (data.OptimizerWeights is { } state && model.Optimizer is not null) OptimizerState.Load(model, state, path, strict: false);
    }

    private static ModelData Describe(Model model, IReadOnlyDictionary<string, string> remarks) => new()
    {
        ModelConfig = PythonJson.Write(ModelSerialization.Architecture(model, legacy: true)),
        TrainingConfig = model.Compiled ? PythonJson.Write(ModelSerialization.LegacyTrainingConfig(model)) : null,
        Layers = [.. model.Layers.Select(layer => new LayerData(layer.Name, [.. WeightTransfer.LegacyOrder(layer).Select(WeightTransfer.ToData)]))],
        OptimizerWeights = model.Optimizer is { } optimizer ? OptimizerState.Describe(optimizer) : null,
        CairnAttributes = remarks,
    };

    private static Model Read(ModelData data, string path, bool compile)
    {
        if (data.ModelConfig is not { } config)
        {
            throw new ModelFormatException(
                "the file holds weights only, without the model they belong to; build the model and call LoadWeights.", path, "model_config");
        }

        Model model = ModelSerialization.ReadArchitecture(ModelJson.ParseObject(config, path, "model_config"), "model_config");
        try
        {
            model.EnsureBuilt();
            WeightTransfer.Load(model, data.Layers, path);
            if (!compile || data.TrainingConfig is not { } training) return model;
            ModelSerialization.Compile(model, ModelJson.ParseObject(training, path, "training_config"), "training_config");
            if (data.OptimizerWeights is { } state) OptimizerState.Load(model, state, path, strict: true);
            return model;
        }
        catch (Exception exception)
        {
            model.Dispose();
            if (exception is (ArgumentException or InvalidOperationException) and not ConfigException)
            {
                throw new ModelFormatException($"the model can't be built: {exception.Message}", path, "model_config", exception);
            }

            throw;
        }
    }
}
