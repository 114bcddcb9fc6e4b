using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Element-wise maximum of its inputs; masked positions are ignored. Keras: <c>layers.Maximum</c>.</summary>
/// <param name="name">Unique name, or null for <c>maximum</c>, <c>maximum_1</c>, …</param>
public sealed class Maximum(string? name = null) : Merge(name)
{
    internal static Maximum FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    private protected override Tensor MergeAll(Tensor[] inputs, Tensor?[] masks) => MergeUnmasked(maximum, inputs, masks);
}
