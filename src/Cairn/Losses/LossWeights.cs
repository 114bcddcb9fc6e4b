using System.Runtime.CompilerServices;

namespace Cairn.Losses;

/// <summary>
/// The coefficients of the outputs' losses, in output order, <c>[1.0, 0.2]</c>, or by name, <c>new() { ["price"] = 1.0 }</c>.
/// </summary>
[CollectionBuilder(typeof(LossWeights), nameof(Create))]
public sealed class LossWeights : PerOutput<double>
{
    /// <summary>Creates an empty collection, for a collection initializer with output names.</summary>
    public LossWeights()
        : base([])
    {
    }

    private LossWeights(ReadOnlySpan<double> weights, bool isOne)
        : base(weights, isOne)
    {
    }

    /// <summary>Creates coefficients in the order of the model's outputs.</summary>
    /// <param name="weights">One coefficient per output.</param>
    public static LossWeights Create(ReadOnlySpan<double> weights) => new(weights, isOne: false);

    /// <summary>Converts the coefficient of the loss of a single output.</summary>
    public static implicit operator LossWeights(double weight) => new([weight], isOne: true);
}
