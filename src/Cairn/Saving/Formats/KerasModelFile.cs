using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Whole models in the <c>.keras</c> archives of Keras 3.</summary>
internal static class KerasModelFile
{
    private const string Place = KerasArchive.ConfigMember;
    private const string CompileKey = "compile_config";

    /// <summary>Describes the model now, and gives what writes the description to a path, perhaps later.</summary>
    public static Action<string> Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        JsonObject config = ModelSerialization.Architecture(model, legacy: false);
        if (model.Compiled)
        {
            config[CompileKey] = CompileConfig.Of(model);
        }

        // Keras makes the optimizer's state for all weights when it loads, and warns unless the file has all of it. The state of a new optimizer
        // is kept alive by what is described of it.
        Optimizer? fresh = model.Optimizer is { Built: false } unbuilt ? unbuilt.NewLikeIt(model.TrainableWeights) : null;
        List<WeightGroup> weights = WeightsFile.Describe(model, fresh ?? model.Optimizer, read);
        return path =>
        {
            AtomicFile.Write(
                path,
                stream => KerasArchive.Write(
                    stream, config, remarks ?? new Dictionary<string, string>(), WeightsHdf5.MostBytes(weights), member => WeightsHdf5.Write(member, weights)));
            fresh?.Dispose();
            fresh = null;
        };
    }

    public static Model Load(string path, bool compile)
    {
        using var archive = KerasArchive.Open(path);
        var loading = new WeightLoading { WholeModel = true, OfKeras2 = archive.IsOfKeras2 };
        List<string> warnings = [];
        Model loaded = LoadedModel.Make(path, Place, () => ModelSerialization.ReadArchitecture(archive.Config, Place), model =>
        {
            model.EnsureBuilt(archive.Weights.Values.Sum(group => group.Weights.Sum(w => w.ElementCount)), leaveEmpty: true);
            if (compile && archive.Config[CompileKey] is { } how and not JsonObject { Count: 0 })
            {
                if (archive.IsOfKeras2 && how is JsonObject training)
                {
                    Keras2Training.Upgrade(training, warnings);
                }

                CompileConfig.Apply(model, how, $"{Place}/{CompileKey}");
            }

            WeightsFile.Load(model, archive.Weights, path, loading);
            archive.WaitUntilChecked();
        });
        loaded.ReportLoading([.. warnings, .. loading.Warnings]);
        return loaded;
    }
}
