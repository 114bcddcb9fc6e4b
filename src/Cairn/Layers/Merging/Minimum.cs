using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Element-wise minimum of its inputs; masked positions are ignored. Keras: <c>layers.Minimum</c>.</summary>
/// <param name="name">Unique name, or null for <c>minimum</c>, <c>minimum_1</c>, …</param>
public sealed class Minimum(string? name = null) : Merge(name)
{
    internal static Minimum FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    private protected override Tensor MergeAll(Tensor[] inputs, Tensor?[] masks) => MergeUnmasked(minimum, inputs, masks);
}
