using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Whole models in legacy <c>.h5</c> files: those of Keras 3, which Cairn writes too, and those of Keras 2.</summary>
internal static class LegacyModelFile
{
    private const string ModelConfig = "model_config";
    private const string TrainingConfig = "training_config";

    /// <summary>Describes the model now, and gives what writes the description to a path, perhaps later.</summary>
    public static Action<string> Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        ModelData data = Describe(model, remarks, read);
        return path => AtomicFile.Write(path, stream => LegacyHdf5.Write(stream, data));
    }

    public static Model Load(string path, bool compile)
    {
        using ModelData data = LegacyHdf5.Open(path);
        if (data.ModelConfig is not { } config)
        {
            throw new ModelFormatException(
                "the file holds weights only, without the model they belong to; build the model and call LoadWeights.", path, ModelConfig);
        }

        JsonObject architecture = ModelJson.ParseObject(config, path, ModelConfig);
        var loading = new WeightLoading { WholeModel = true };
        Model loaded = LoadedModel.Make(path, ModelConfig, () => ModelSerialization.ReadArchitecture(architecture, ModelConfig), model =>
        {
            model.EnsureBuilt(data.Layers.Sum(layer => layer.Weights.Sum(w => w.ElementCount)), leaveEmpty: true);
            List<(WeightData From, Variable To)> pairs = WeightTransfer.Match(model, data.Layers, path, loading);
            WeightTransfer.Copy(pairs);
            if (compile && data.TrainingConfig is { } training)
            {
                JsonObject how = ModelJson.ParseObject(training, path, TrainingConfig);
                if (data.IsOfKeras2)
                {
                    Keras2Training.Upgrade(how, loading.Warnings);
                }

                CompileConfig.Apply(model, how, TrainingConfig);
                LoadOptimizer(model, data, pairs, path, loading);
            }

            data.WaitUntilChecked();
        });
        loaded.ReportLoading(loading.Warnings);
        return loaded;
    }

    /// <summary>What a callback remarked when it saved the file, by key; nothing for a file of Keras.</summary>
    public static IReadOnlyDictionary<string, string> ReadRemarks(string path) => LegacyHdf5.ReadCairnAttributes(path);

    /// <summary>Puts a file's weights, and the optimizer's state where both sides have it, into a model with weights.</summary>
    public static void LoadWeights(Model model, string path, WeightLoading loading)
    {
        using ModelData data = LegacyHdf5.Read(path);
        List<(WeightData From, Variable To)> pairs = WeightTransfer.Match(model, data.Layers, path, loading);
        WeightTransfer.Copy(pairs);
        if (data.OptimizerWeights is null || model.Optimizer is null || loading.ByName)
        {
            return;
        }

        if (loading.Warnings.Count > 0)
        {
            loading.Warnings.Add(OptimizerState.LeftAlone);
        }
        else
        {
            LoadOptimizer(model, data, pairs, path, loading);
        }
    }

    private static ModelData Describe(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read) => new()
    {
        ModelConfig = PythonJson.Write(ModelSerialization.Architecture(model, legacy: true)),
        TrainingConfig = model.Compiled ? PythonJson.Write(ModelSerialization.LegacyTrainingConfig(model)) : null,
        Layers = [.. model.Layers.Select(layer => new LayerData(layer.Name, Named(WeightTransfer.LegacyOrder(layer).Select(read))))],
        OptimizerWeights = model.Optimizer is { } optimizer ? Named(OptimizerState.Describe(optimizer, read)) : null,
        CairnAttributes = remarks ?? new Dictionary<string, string>(),
        CarriesChecksum = remarks is not null,
    };

    // Layers of two models in one may have the same name, since names are counted within a model; what counts in the file is the order.
    private static WeightData[] Named(IEnumerable<WeightData> weights)
    {
        var taken = new TakenNames();
        return [.. weights.Select(weight => weight.Renamed(taken.Unique(weight.Name)))];
    }

    private static void LoadOptimizer(Model model, ModelData data, List<(WeightData From, Variable To)> pairs, string path, WeightLoading loading)
    {
        if (data.OptimizerWeights is not { Count: > 0 } state)
        {
            return;
        }

        if (data.IsOfKeras2)
        {
            if (Keras2OptimizerState.TryLoad(model, state, pairs) is { } problem)
            {
                loading.Warnings.Add(problem);
            }
        }
        else if (loading.WholeModel)
        {
            OptimizerState.Load(model, state, path);
        }
        else
        {
            OptimizerState.TryLoad(model, state, path, loading.Warnings);
        }
    }
}
