using System.Runtime.CompilerServices;

namespace Cairn.Losses;

/// <summary>How much the loss of each output counts: in the outputs' order, <c>[1.0, 0.2]</c>, or by name, <c>new() { ["price"] = 1.0 }</c>.</summary>
[CollectionBuilder(typeof(LossWeights), nameof(Create))]
public sealed class LossWeights : PerOutput<double>
{
    /// <summary>Starts with none, for an initializer that names the outputs.</summary>
    public LossWeights()
        : base([])
    {
    }

    private LossWeights(ReadOnlySpan<double> weights, bool isOne)
        : base(weights, isOne)
    {
    }

    /// <summary>Weights in the order of the model's outputs.</summary>
    /// <param name="weights">One for each output.</param>
    public static LossWeights Create(ReadOnlySpan<double> weights) => new(weights, isOne: false);

    /// <summary>The weight of the loss of a model's one output.</summary>
    public static implicit operator LossWeights(double weight) => new([weight], isOne: true);
}
