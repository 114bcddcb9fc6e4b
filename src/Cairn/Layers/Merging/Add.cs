using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Adds its inputs, element by element. Keras: <c>layers.Add</c>.</summary>
/// <param name="name">Unique name, or null for <c>add</c>, <c>add_1</c>, …</param>
public sealed class Add(string? name = null) : Merge(name)
{
    internal static Add FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    private protected override Tensor MergeAll(Tensor[] inputs, Tensor?[] masks) => inputs.Aggregate((sum, x) => sum.add(x, Held(1)));
}
