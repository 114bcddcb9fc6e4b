using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving.Hdf5;

namespace Cairn.Saving;

/// <summary>Whole models in the <c>.keras</c> archives of Keras 3.</summary>
internal static class KerasModelFile
{
    private const string Place = KerasArchive.ConfigMember;
    private const string CompileConfig = "compile_config";

    /// <summary>Describes the model now, and gives what writes the description to a path, perhaps later.</summary>
    public static Action<string> Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        JsonObject config = ModelSerialization.Architecture(model, legacy: false);
        if (model.Compiled) config[CompileConfig] = ModelSerialization.CompileConfig(model);

        // Keras makes the optimizer's state for all weights when it loads, and warns unless the file has all of it. The state of a new optimizer
        // is kept alive by what is described of it.
        Optimizer? fresh = model.Optimizer is { Built: false } unbuilt ? unbuilt.NewLikeIt(model.TrainableWeights) : null;
        List<WeightGroup> groups = WeightsFile.Describe(model, fresh ?? model.Optimizer, read);
        return path => AtomicFile.Write(path, stream =>
        {
            // A member of an archive can't be written with seeking, which HDF5 needs.
            using FileStream weights = AtomicFile.Scratch(path);
            WeightsHdf5.Write(FileSystem.Current.Writing(weights), groups);
            weights.Position = 0;
            KerasArchive.Write(stream, config, remarks ?? new Dictionary<string, string>(), weights);
            fresh?.Dispose();
            fresh = null;
        });
    }

    public static Model Load(string path, bool compile)
    {
        using KerasArchive archive = KerasArchive.Read(path);
        return LoadedModel.Make(path, Place, () => ModelSerialization.ReadArchitecture(archive.Config, Place), model =>
        {
            model.EnsureBuilt(archive.Weights.Values.Sum(group => group.Weights.Sum(w => w.ElementCount)), leaveEmpty: true);
            if (compile && archive.Config[CompileConfig] is { } how and not JsonObject { Count: 0 })
            {
                ModelSerialization.Compile(model, how, $"{Place}/{CompileConfig}");
            }

            WeightsFile.Load(model, archive.Weights, path, new WeightLoading { WholeModel = true });
        });
    }
}
