using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Keras' rule for two tensors whose ranks differ by one: a last axis of size 1 is added to a vector or removed.</summary>
internal static class RankAlignment
{
    public static (Tensor First, Tensor Second) Align(Tensor first, Tensor second)
    {
        long a = first.dim();
        long b = second.dim();
        if (a == b + 1 && first.shape[^1] == 1)
        {
            return b == 1 ? (first, second.unsqueeze(-1)) : (first.squeeze(-1), second);
        }

        if (b == a + 1 && second.shape[^1] == 1)
        {
            return a == 1 ? (first.unsqueeze(-1), second) : (first, second.squeeze(-1));
        }

        return (first, second);
    }
}
