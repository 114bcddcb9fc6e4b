using Cairn.Saving.Hdf5;
using TorchSharp;

namespace Cairn.Saving;

/// <summary>Files of weights, chosen by the ending of their names.</summary>
internal static class SavedWeights
{
    public static void Save(Model model, string path)
    {
        using DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        Prepare(model, path, WeightTransfer.ToData, carriesChecksum: false)(path);
    }

    /// <summary>Describes the weights now, and gives what writes them to a path of the same ending, perhaps later.</summary>
    public static Action<string> Prepare(Model model, string path, Func<Variable, WeightData> read, bool carriesChecksum)
    {
        FileFormat.RequireWeights(path);
        model.EnsureBuilt();
        return FileFormat.IsWeights(path) ? WeightsFile.Prepare(model, read, carriesChecksum) : NamedWeightsFile.Prepare(model, read, carriesChecksum);
    }

    /// <summary>The weights of a file in which they have no names, or of several.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or a damaged one.</exception>
    public static WeightGroups ReadGroups(string path) => FileFormat.IsSharded(path) ? ShardedWeights.Read(path) : WeightsHdf5.Read(path);

    /// <summary>Puts the weights of a file into a model that has its weights.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or its weights are not the model's; then nothing is changed.</exception>
    public static void Load(Model model, string path, WeightLoading loading)
    {
        if (FileFormat.IsArchive(path))
        {
            using var archive = KerasArchive.Read(path);
            WeightsFile.Load(model, archive.Weights, path, loading);
        }
        else if (FileFormat.IsWeights(path) || FileFormat.IsSharded(path))
        {
            using WeightGroups groups = ReadGroups(path);
            WeightsFile.Load(model, groups, path, loading);
        }
        else if (FileFormat.HasNames(path))
        {
            NamedWeightsFile.Load(model, path, loading);
        }
        else
        {
            LegacyModelFile.LoadWeights(model, path, loading);
        }
    }
}
