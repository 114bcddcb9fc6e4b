using Cairn.Activations;

namespace Cairn.Layers;

/// <summary>
/// What a layer computes for a batch of vectors, <c>[batch, features]</c>, as the plan of a training step needs to know it.
/// </summary>
internal abstract record PlannedFunction
{
    /// <summary>The weights that it reads or changes.</summary>
    public virtual IReadOnlyList<Variable> Weights => [];
}

/// <summary>Returns its input, or the same numbers in rows of all features.</summary>
internal sealed record PlannedIdentity(bool Flattens = false) : PlannedFunction;

/// <summary><c>activation(x · kernel + bias)</c>.</summary>
internal sealed record PlannedProduct(Variable Kernel, Variable? Bias, ActivationFunction Activation) : PlannedFunction
{
    public override IReadOnlyList<Variable> Weights => Bias is null ? [Kernel] : [Kernel, Bias];
}

/// <summary>An activation function.</summary>
internal sealed record PlannedActivation(ActivationFunction Function) : PlannedFunction;

/// <summary>Dropout, one draw for each number.</summary>
internal sealed record PlannedDropout(double Rate) : PlannedFunction;

/// <summary>Batch normalization by the mean and variance of the batch.</summary>
internal sealed record PlannedNormalization(
    Variable? Gamma, Variable? Beta, Variable MovingMean, Variable MovingVariance, double Momentum, double Epsilon) : PlannedFunction
{
    public override IReadOnlyList<Variable> Weights => [.. new[] { Gamma, Beta, MovingMean, MovingVariance }.OfType<Variable>()];
}
