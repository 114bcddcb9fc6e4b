using System.Text.Json.Nodes;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Regularizers;

/// <summary>
/// Encourages orthogonal rows or columns: the mean absolute cosine between them, times a factor. Keras:
/// <c>regularizers.OrthogonalRegularizer</c>.
/// </summary>
public sealed class OrthogonalRegularizer : Regularizer
{
    private readonly double factor;
    private readonly string mode;

    /// <summary>Creates a regularizer.</summary>
    /// <param name="factor">The factor, 0 or more; 0.01 by default.</param>
    /// <param name="mode"><c>"rows"</c> (default) or <c>"columns"</c>.</param>
    /// <exception cref="ArgumentException">The factor is negative or the mode is unknown.</exception>
    public OrthogonalRegularizer(double factor = 0.01, string mode = "rows")
    {
        if (mode is not ("rows" or "columns"))
        {
            throw new ArgumentException($"mode must be 'rows' or 'columns'; got '{mode}'.", nameof(mode));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(factor);
        this.factor = Factor(factor, nameof(factor));
        this.mode = mode;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException"><paramref name="x"/> does not have two axes.</exception>
    public override Tensor Penalty(Tensor x)
    {
        if (x.dim() != 2)
        {
            throw new ArgumentException($"OrthogonalRegularizer needs a matrix; got a weight of shape {(Shape)x.shape}.", nameof(x));
        }

        Tensor rows = mode == "rows" ? x : x.t();
        Tensor unit = rows * rows.Squared().sum(-1, keepdim: true).clamp_min(Held(1e-14)).rsqrt();
        Tensor cosines = unit.MatrixProduct(unit.t()) * Held(1).Minus(eye(rows.shape[0], dtype: x.dtype, device: x.device));

        // Each pair occurs twice in the matrix.
        double pairs = rows.shape[0] * (rows.shape[0] - 1.0) / 2;
        return cosines.abs().sum() * Held((float)(factor * 0.5 / pairs));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["factor"] = factor;
        config["mode"] = mode;
    }
}
