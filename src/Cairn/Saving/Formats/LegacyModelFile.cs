using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Whole models in legacy <c>.h5</c> files, written by Keras 3 (and Cairn) or by Keras 2.</summary>
internal sealed class LegacyModelFile : ModelFile
{
    private const string ModelConfig = "model_config";
    private const string TrainingConfig = "training_config";

    public override IReadOnlyList<string> Endings => [".h5", ".hdf5"];

    public override bool HoldsModel => true;

    public override bool HoldsOptimizer => true;

    public override bool CanLoadByName => true;

    /// <summary>Loads a file's weights, and the optimizer's state if both sides have it, into a built model.</summary>
    public static void LoadFrom(Model model, string path, WeightLoading loading)
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

    /// <summary>All arrays of a file; weights are grouped by layer.</summary>
    public static ListedWeights ListFrom(string path)
    {
        ModelData data = LegacyHdf5.Read(path);
        IEnumerable<(string, string, WeightData)> ofLayers =
            data.Layers.SelectMany(layer => layer.Weights.Select(weight => (weight.Name, layer.Name, weight)));
        IEnumerable<WeightData> others = data.TopLevelWeights.Concat(data.OptimizerWeights ?? []);
        return new ListedWeights([.. ofLayers, .. others.Select(weight => (weight.Name, "", weight))], data);
    }

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        ModelData data = Describe(model, remarks, read);
        return new FileSnapshot(stream => LegacyHdf5.Write(stream, data));
    }

    public override Model Load(string path, bool compile)
    {
        using ModelData data = LegacyHdf5.Open(path);
        if (data.ModelConfig is not { } config)
        {
            return base.Load(path, compile);
        }

        JsonObject architecture = ModelJson.ParseObject(config, path, ModelConfig);
        if (data.IsOfKeras2)
        {
            LegacyArchitecture.Upgrade(architecture, data.KerasVersion);
        }

        var loading = new WeightLoading { WholeModel = true };
        Model loaded = LoadedModel.Make(path, ModelConfig, () => ModelSerialization.ReadArchitecture(architecture, ModelConfig), model =>
        {
            if (!model.DeclaresInput)
            {
                LoadAtFirstData(model, data, compile, path, loading);
                return;
            }

            model.EnsureBuilt(data.Layers.Sum(layer => layer.Weights.Sum(w => w.ElementCount)) + VocabularyFiles.NumbersInConfig(model),
                leaveEmpty: true);
            List<(WeightData From, Variable To)> pairs = WeightTransfer.Match(model, data.Layers, path, loading);
            WeightTransfer.Copy(pairs);
            if (compile && data.TrainingConfig is { } training)
            {
                JsonObject how = ModelJson.ParseObject(training, path, TrainingConfig);
                if (CompileConfig.TryApply(model, how, TrainingConfig, data.IsOfKeras2, loading.Warnings))
                {
                    LoadOptimizer(model, data, pairs, path, loading);
                }
            }

            data.WaitUntilChecked();
        });
        loaded.ReportLoading(loading.Warnings);
        return loaded;
    }

    public override void LoadWeights(Model model, string path, WeightLoading loading) => LoadFrom(model, path, loading);

    public override IReadOnlyDictionary<string, string> ReadRemarks(string path) => LegacyHdf5.ReadCairnAttributes(path);

    public override ListedWeights List(string path) => ListFrom(path);

    protected override bool Recognizes(WeightSource file) => Hdf5Contents.Of(file) == Hdf5Content.LegacyModel;

    // Keras can save a Sequential model whose input shape is unknown; its weights are kept until the first data.
    private static void LoadAtFirstData(Model model, ModelData data, bool compile, string path, WeightLoading loading)
    {
        data.WaitUntilChecked();
        LayerData[] kept =
            [.. data.Layers.Select(layer =>
            new LayerData(layer.Name, [.. layer.Weights.Select(w => new WeightData(w.Name, w.Shape, w.DType, w.Bytes))]))];
        model.OnceBuilt = () => WeightTransfer.Copy(WeightTransfer.Match(model, kept, path, new WeightLoading { WholeModel = true }));
        loading.Warnings.Add("The file does not record the shape of the model's input: the layers are built and the weights loaded with "
            + "the first batch.");
        if (compile && data.TrainingConfig is { } training)
        {
            CompileConfig.TryApply(model, ModelJson.ParseObject(training, path, TrainingConfig), TrainingConfig, data.IsOfKeras2,
                loading.Warnings);
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

    // Layers of two nested models may have the same name, since names are unique only within a model; in the file, the order decides.
    private static WeightData[] Named(IEnumerable<WeightData> weights)
    {
        var taken = new TakenNames();
        return [.. weights.Select(weight => weight.Renamed(taken.Unique(weight.Name)))];
    }

    private static void LoadOptimizer(Model model, ModelData data, List<(WeightData From, Variable To)> pairs, string path,
        WeightLoading loading)
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
            OptimizerState.Load(model, state, path, loading.Warnings);
        }
        else
        {
            OptimizerState.TryLoad(model, state, path, loading.Warnings);
        }
    }
}
