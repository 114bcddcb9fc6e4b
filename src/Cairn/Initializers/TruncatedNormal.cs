using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>Normal distribution truncated at two standard deviations from the mean.</summary>
/// <param name="mean">Mean; 0 by default.</param>
/// <param name="stddev">Standard deviation before truncation; 0.05 by default.</param>
/// <param name="seed">The seed, or null to derive it from the model's seed.</param>
public sealed class TruncatedNormal(double mean = 0, double stddev = 0.05, long? seed = null) : Initializer(seed)
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        foreach (ref float value in values)
        {
            value = (float)(mean + (stddev * Draw(ref random)));
        }
    }

    internal override JsonObject GetConfig() => new() { ["mean"] = mean, ["stddev"] = stddev, ["seed"] = Seed };

    internal static double Draw(ref RandomStream random)
    {
        double number;
        do
        {
            number = random.NextNormal();
        }
        while (Math.Abs(number) > 2);
        return number;
    }
}
