using System.Text.Json.Nodes;
using Cairn.EventFiles;

namespace Cairn.Dashboard.Live;

/// <summary>Histograms of weights or gradients, with the buckets of TensorBoard.</summary>
internal static class HistogramPanel
{
    private const int MostShown = 64;

    /// <summary>The content of a panel.</summary>
    /// <param name="epoch">Index of the epoch, from 0.</param>
    /// <param name="arrays">Names and numbers.</param>
    public static JsonNode Of(int epoch, IEnumerable<(string Name, float[] Numbers)> arrays)
    {
        var shown = new JsonArray();
        foreach ((string name, float[] numbers) in arrays.Take(MostShown))
        {
            double[] buckets = HistogramBuckets.Of(numbers);
            var counts = new JsonArray();
            for (int i = 2; i < buckets.Length; i += HistogramBuckets.Columns)
            {
                counts.Add(buckets[i]);
            }

            (double? least, double? most) = buckets.Length switch
            {
                0 => (null, null),

                // The only bucket is around a single number.
                HistogramBuckets.Columns => ((buckets[0] + buckets[1]) / 2, (buckets[0] + buckets[1]) / 2),
                _ => ((double?)buckets[0], (double?)buckets[^2]),
            };
            shown.Add((JsonNode)new JsonObject { ["name"] = name, ["least"] = least, ["most"] = most, ["counts"] = counts });
        }

        return new JsonObject { ["epoch"] = epoch, ["histograms"] = shown };
    }
}
