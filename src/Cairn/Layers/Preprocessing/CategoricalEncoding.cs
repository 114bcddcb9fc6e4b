using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Encodes integers as vectors, for <see cref="CategoryEncoding"/> and <see cref="Discretization"/>.</summary>
internal static class CategoricalEncoding
{
    /// <summary>The output's shape for <paramref name="depth"/> categories.</summary>
    public static Shape OutputShape(Shape input, string mode, long depth) => mode switch
    {
        "int" => input,
        "one_hot" => input.Rank > 1 && input[^1] == 1 ? [.. input[..^1], depth] : [.. input, depth],
        _ => input.Rank < 2 ? [depth] : [input[0], .. input[2..], depth],
    };

    /// <summary>Encodes integers from 0 to depth - 1; negative values are ignored.</summary>
    public static Tensor Encode(Tensor categories, string mode, long depth, Tensor? weights = null)
    {
        if (mode == "int")
        {
            return categories.to(ScalarType.Float32);
        }

        if (mode == "one_hot" && categories.dim() > 1 && categories.shape[^1] == 1)
        {
            categories = categories.squeeze(-1);
        }

        Tensor hot = categories.unsqueeze(-1).eq(arange(Held(0), Held(depth), Held(1), ScalarType.Int64, categories.device))
            .to(ScalarType.Float32);
        int sample = categories.dim() > 1 ? 1 : 0;
        return mode switch
        {
            "one_hot" => hot,
            "multi_hot" => hot.amax([sample]),
            _ => (weights is null ? hot : hot * weights.unsqueeze(-1)).sum(sample),
        };
    }
}
