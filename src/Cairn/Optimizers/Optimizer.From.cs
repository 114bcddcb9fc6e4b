using System.Runtime.CompilerServices;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

// A function as an optimizer.
public abstract partial class Optimizer
{
    /// <summary>Creates an optimizer from a formula: <c>Optimizer.From((weight, gradient, rate) => weight - (gradient * rate), 0.1)</c>.</summary>
    /// <remarks>
    /// A file names a method by its name, and a lambda <c>optimizer</c>; a model with it is loaded with that name in <c>customObjects</c>.
    /// See <see cref="CustomOptimizer"/> for clipping, weight decay and other settings.
    /// </remarks>
    /// <param name="update">Returns the new weight from the weight, its gradient, both of the same shape, and the learning rate.</param>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="name">The name in files; null (default) for that of the method, in snake case.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static Optimizer From(
        Func<Tensor, Tensor, double, Tensor> update,
        LearningRate? learningRate = null,
        string? name = null,
        [CallerArgumentExpression(nameof(update))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(update);
        return new FunctionOptimizer(
            (weight, gradient, rate, _) => update(weight, gradient, rate), [], learningRate, name ?? FunctionNames.Of(expression, "optimizer"));
    }

    /// <summary>Creates an optimizer from a formula with state.</summary>
    /// <remarks>
    /// <code>
    /// Optimizer.From((weight, gradient, rate, state) => weight + state[0].mul_(0.9).sub_(gradient * rate), state: ["velocity"], 0.1);
    /// </code>
    /// </remarks>
    /// <inheritdoc cref="From(Func{Tensor, Tensor, double, Tensor}, Cairn.Optimizers.LearningRate?, string?, string?)"/>
    /// <param name="update">
    /// Returns the new weight from the weight, its gradient, the learning rate, and the state tensors of the weight, which it changes in place.
    /// </param>
    /// <param name="state">The names of the state tensors, which begin as zeros in the weight's shape.</param>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="name">The name in files; null (default) for that of the method, in snake case.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static Optimizer From(
        Func<Tensor, Tensor, double, IReadOnlyList<Tensor>, Tensor> update,
        IReadOnlyList<string> state,
        LearningRate? learningRate = null,
        string? name = null,
        [CallerArgumentExpression(nameof(update))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(state);
        return new FunctionOptimizer(update, state, learningRate, name ?? FunctionNames.Of(expression, "optimizer"));
    }
}
