using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>Uniform over [<paramref name="minValue"/>, <paramref name="maxValue"/>).</summary>
/// <param name="minValue">Lower bound; -0.05 by default. Keras: <c>minval</c>.</param>
/// <param name="maxValue">Upper bound; 0.05 by default. Keras: <c>maxval</c>.</param>
/// <param name="seed">A seed of its own, or null to follow the model's.</param>
public sealed class RandomUniform(double minValue = -0.05, double maxValue = 0.05, long? seed = null) : Initializer(seed)
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        foreach (ref float value in values) value = (float)(minValue + ((maxValue - minValue) * random.NextDouble()));
    }

    internal override JsonObject GetConfig() => new() { ["minval"] = minValue, ["maxval"] = maxValue, ["seed"] = Seed };
}
