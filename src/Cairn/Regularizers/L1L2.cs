using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Regularizers;

/// <summary>L1 and L2 regularization penalty, <c>l1 · Σ|x| + l2 · Σx²</c>. Keras: <c>regularizers.L1L2</c>.</summary>
/// <param name="l1">The L1 factor; 0 by default.</param>
/// <param name="l2">The L2 factor; 0 by default.</param>
public sealed class L1L2(double l1 = 0, double l2 = 0) : Regularizer
{
    private readonly double l1 = Factor(l1, nameof(l1));
    private readonly double l2 = Factor(l2, nameof(l2));

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor x) => (x.abs().sum() * Held((float)l1)).Plus(x.Squared().sum() * Held((float)l2));

    internal override bool TryGetFactors(out float ofAbsolutes, out float ofSquares)
    {
        (ofAbsolutes, ofSquares) = ((float)l1, (float)l2);
        return true;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["l1"] = l1;
        config["l2"] = l2;
    }
}
