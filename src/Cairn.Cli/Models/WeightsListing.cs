using Cairn.Cli.Output;
using Cairn.Saving;

namespace Cairn.Cli.Models;

/// <summary>The contents of a weights file.</summary>
internal static class WeightsListing
{
    /// <summary>A row for each array (name, layer or optimizer, type, shape, element count), and the total element count.</summary>
    /// <exception cref="ModelFormatException">The file is not a weights file, or is damaged.</exception>
    public static (IReadOnlyList<string[]> Rows, long Count) Of(string path)
    {
        using ListedWeights listed = ModelFile.Of(path).List(path);
        return ([.. listed.Weights.Select(one => Row(one.Name, one.Owner, one.Weight))],
            listed.Weights.Sum(one => one.Weight.ElementCount));
    }

    private static string[] Row(string name, string owner, WeightData weight) =>
        [name, owner, weight.DType, ((Shape)weight.Shape).ToString(), Number.Count(weight.ElementCount)];
}
