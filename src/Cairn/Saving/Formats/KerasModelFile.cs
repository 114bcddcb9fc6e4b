using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Whole models in the <c>.keras</c> archives of Keras 3.</summary>
internal sealed class KerasModelFile : ModelFile
{
    private const string Place = KerasArchive.ConfigMember;
    private const string CompileKey = "compile_config";

    public override IReadOnlyList<string> Endings => [".keras"];

    public override bool HoldsModel => true;

    public override bool HoldsOptimizer => true;

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        JsonObject config = ModelSerialization.Architecture(model, legacy: false);
        if (model.Compiled)
        {
            config[CompileKey] = CompileConfig.Of(model);
        }

        // Keras creates the optimizer's state for all weights when it loads, and warns unless the file has all of it. The snapshot keeps
        // the state of a new optimizer alive.
        Optimizer? fresh = model.Optimizer is { Built: false } unbuilt ? unbuilt.NewLikeIt(model.TrainableWeights) : null;
        List<WeightGroup> weights = WeightsFile.Describe(model, fresh ?? model.Optimizer, read);
        List<(string Member, byte[] Content)> vocabularies = VocabularyFiles.Describe(model);
        return new FileSnapshot(
            stream => KerasArchive.Write(
                stream, config, remarks ?? new Dictionary<string, string>(), WeightsHdf5.MostBytes(weights),
                member => WeightsHdf5.Write(member, weights),
                vocabularies),
            fresh);
    }

    public override Model Load(string path, bool compile)
    {
        using var archive = KerasArchive.Open(path);
        var loading = new WeightLoading { WholeModel = true, OfKeras2 = archive.IsOfKeras2 };
        if (archive.IsOfKeras2)
        {
            LegacyArchitecture.Upgrade(archive.Config, archive.KerasVersion);
        }

        Model loaded = LoadedModel.Make(path, Place, () => ModelSerialization.ReadArchitecture(archive.Config, Place), model =>
        {
            if (!model.DeclaresInput)
            {
                LoadAtFirstData(model, archive, compile, path, loading);
                return;
            }

            model.EnsureBuilt(archive.Weights.Values.Sum(group => group.Weights.Sum(w => w.ElementCount)), leaveEmpty: true);
            VocabularyFiles.Load(model, archive.Vocabularies, path);
            if (compile)
            {
                Compile(model, archive, loading);
            }

            WeightsFile.Load(model, archive.Weights, path, loading);
            archive.WaitUntilChecked();
        });
        loaded.ReportLoading([.. loading.Notes, .. loading.Warnings]);
        return loaded;
    }

    public override void LoadWeights(Model model, string path, WeightLoading loading)
    {
        using var archive = KerasArchive.Read(path);
        WeightsFile.Load(model, archive.Weights, path, loading);
    }

    public override IReadOnlyDictionary<string, string> ReadRemarks(string path) => KerasArchive.ReadRemarks(path);

    public override ListedWeights List(string path)
    {
        var archive = KerasArchive.Read(path);
        return ListedWeights.Of(archive.Weights, archive);
    }

    protected override bool Recognizes(WeightSource file) => KerasArchive.IsZip(file);

    private static void Compile(Model model, KerasArchive archive, WeightLoading loading)
    {
        if (archive.Config[CompileKey] is { } how and not JsonObject { Count: 0 })
        {
            CompileConfig.TryApply(model, how, $"{Place}/{CompileKey}", archive.IsOfKeras2, loading.Notes);
        }
    }

    // Keras can save a Sequential model whose input shape is unknown; its weights are kept until the first data.
    private static void LoadAtFirstData(Model model, KerasArchive archive, bool compile, string path, WeightLoading loading)
    {
        archive.WaitUntilChecked();
        VocabularyFiles.Load(model, archive.Vocabularies, path);
        if (compile)
        {
            Compile(model, archive, loading);
        }

        var kept = new WeightGroups();
        foreach ((string place, WeightGroup group) in archive.Weights)
        {
            kept[place] = new WeightGroup(
                group.Path, group.Name, [.. group.Weights.Select(w => new WeightData(w.Name, w.Shape, w.DType, w.Bytes))]);
        }

        model.OnceBuilt = () => WeightsFile.Load(
            model, kept, path, new WeightLoading { WholeModel = true, OfKeras2 = loading.OfKeras2 });
        loading.Notes.Add("The file does not record the shape of the model's input: the layers are built and the weights loaded with "
            + "the first batch.");
    }
}
