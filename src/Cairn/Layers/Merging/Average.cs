using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Averages its inputs, element by element. Keras: <c>layers.Average</c>.</summary>
/// <param name="name">Unique name, or null for <c>average</c>, <c>average_1</c>, …</param>
public sealed class Average(string? name = null) : Merge(name)
{
    internal static Average FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    private protected override Tensor MergeAll(Tensor[] inputs, Tensor?[] masks) =>
        inputs.Aggregate((sum, x) => sum.add(x, Held(1))).div(Held(inputs.Length));
}
