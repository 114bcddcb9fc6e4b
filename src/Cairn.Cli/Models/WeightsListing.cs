using Cairn.Cli.Output;
using Cairn.Saving;

namespace Cairn.Cli.Models;

/// <summary>What is in a file of weights alone.</summary>
internal static class WeightsListing
{
    /// <summary>A row for each array (name, layer or optimizer, type, shape, numbers), and how many numbers there are.</summary>
    /// <exception cref="ModelFormatException">It is not such a file, or a damaged one.</exception>
    public static (IReadOnlyList<string[]> Rows, long Count) Of(string path)
    {
        using ListedWeights listed = ModelFile.Of(path).List(path);
        return ([.. listed.Weights.Select(one => Row(one.Name, one.Owner, one.Weight))],
            listed.Weights.Sum(one => one.Weight.ElementCount));
    }

    private static string[] Row(string name, string owner, WeightData weight) =>
        [name, owner, weight.DType, ((Shape)weight.Shape).ToString(), Number.Count(weight.ElementCount)];
}
