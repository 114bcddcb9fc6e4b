using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>Uniform distribution over [<paramref name="minVal"/>, <paramref name="maxVal"/>).</summary>
/// <param name="minVal">Lower bound; -0.05 by default. Keras: <c>minval</c>.</param>
/// <param name="maxVal">Upper bound; 0.05 by default. Keras: <c>maxval</c>.</param>
/// <param name="seed">The seed, or null to derive it from the model's seed.</param>
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
