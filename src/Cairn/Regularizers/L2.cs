using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Regularizers;

/// <summary>L2 regularization penalty, <c>l2 · Σx²</c>. Keras: <c>regularizers.L2</c>.</summary>
/// <param name="l2">The factor; 0.01 by default.</param>
public sealed class L2(double l2 = 0.01) : Regularizer
{
    private readonly double l2 = Factor(l2, nameof(l2));

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor x) => x.Squared().sum() * Held((float)l2);

    internal override bool TryGetFactors(out float ofAbsolutes, out float ofSquares)
    {
        (ofAbsolutes, ofSquares) = (0, (float)l2);
        return true;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["l2"] = l2;
    }
}
