using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Regularizers;

/// <summary>L1 regularization penalty, <c>l1 · Σ|x|</c>. Keras: <c>regularizers.L1</c>.</summary>
/// <param name="l1">The factor; 0.01 by default.</param>
public sealed class L1(double l1 = 0.01) : Regularizer
{
    private readonly double l1 = Factor(l1, nameof(l1));

    /// <inheritdoc/>
    public override Tensor Penalty(Tensor x) => x.abs().sum() * Held((float)l1);

    internal override bool TryGetFactors(out float ofAbsolutes, out float ofSquares)
    {
        (ofAbsolutes, ofSquares) = ((float)l1, 0);
        return true;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["l1"] = l1;
    }
}
