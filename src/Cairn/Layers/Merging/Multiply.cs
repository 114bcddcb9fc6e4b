using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Multiplies its inputs, element by element; masked positions count as 1, and the product is 0 if all are masked. Keras:
/// <c>layers.Multiply</c>.
/// </summary>
/// <param name="name">Unique name, or null for <c>multiply</c>, <c>multiply_1</c>, …</param>
public sealed class Multiply(string? name = null) : Merge(name)
{
    internal static Multiply FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    private protected override Tensor MergeAll(Tensor[] inputs, Tensor?[] masks)
    {
        Tensor product = Unmasked(0);
        for (int i = 1; i < inputs.Length; i++)
        {
            product = product.mul(Unmasked(i));
        }

        if (Array.Exists(masks, m => m is null))
        {
            return product;
        }

        return where(masks.Aggregate((any, mask) => any!.logical_or(mask!))!, product, zeros_like(product));

        Tensor Unmasked(int i) => masks[i] is { } mask ? where(mask, inputs[i], ones_like(inputs[i])) : inputs[i];
    }
}
