using Cairn.Cli.Output;
using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Cli.Models;

/// <summary>What is in a file of weights alone.</summary>
internal static class WeightsListing
{
    /// <summary>A row for each array (name, layer or optimizer, type, shape, numbers), and how many numbers there are.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or a damaged one.</exception>
    public static (IReadOnlyList<string[]> Rows, long Count) Of(string path)
    {
        if (FileFormat.HasNames(path))
        {
            using NamedWeights named = NamedWeightsFile.Read(path);
            return ([.. named.Weights.Select(weight => Row(weight.Name, "", weight))], named.Weights.Sum(weight => weight.ElementCount));
        }

        using WeightGroups groups = SavedWeights.ReadGroups(path);
        string[][] rows =
        [
            .. groups.Values.SelectMany(group => group.Weights.Select(weight =>
                Row(group.Path.Length == 0 ? weight.Name : $"{group.Path}/{weight.Name}", group.Name ?? "", weight))),
        ];
        return (rows, groups.Values.Sum(group => group.Weights.Sum(weight => weight.ElementCount)));
    }

    private static string[] Row(string name, string owner, WeightData weight) =>
        [name, owner, weight.DType, ((Shape)weight.Shape).ToString(), Number.Count(weight.ElementCount)];
}
