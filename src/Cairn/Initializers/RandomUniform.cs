using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>Uniform over [<paramref name="minVal"/>, <paramref name="maxVal"/>).</summary>
/// <param name="minVal">Lower bound; -0.05 by default. Keras: <c>minval</c>.</param>
/// <param name="maxVal">Upper bound; 0.05 by default. Keras: <c>maxval</c>.</param>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class RandomUniform(double minVal = -0.05, double maxVal = 0.05, long? seed = null) : Initializer(seed)
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        foreach (ref float value in values)
        {
            value = (float)(minVal + ((maxVal - minVal) * random.NextDouble()));
        }
    }

    internal override JsonObject GetConfig() => new() { ["minval"] = minVal, ["maxval"] = maxVal, ["seed"] = Seed };
}
