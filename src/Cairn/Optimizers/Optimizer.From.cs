using System.Runtime.CompilerServices;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

// An optimizer defined by a function.
public abstract partial class Optimizer
{
    /// <summary>
    /// Creates an optimizer from a formula: <c>Optimizer.From((weight, gradient, rate) => weight - (gradient * rate), 0.1)</c>.
    /// </summary>
    /// <remarks>
    /// Files contain the method name, or <c>optimizer</c> for a lambda; to load a model, pass the function under that name in
    /// <c>customObjects</c>. See <see cref="CustomOptimizer"/> for clipping, weight decay and other settings.
    /// </remarks>
    /// <param name="update">Returns the new weight, from the weight, its gradient (of the same shape) and the learning rate.</param>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="name">The name in files; the method name in snake case by default (null).</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static Optimizer From(
        Func<Tensor, Tensor, double, Tensor> update,
        LearningRate? learningRate = null,
        string? name = null,
        [CallerArgumentExpression(nameof(update))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(update);
        return new FunctionOptimizer(
            (weight, gradient, rate, _) => update(weight, gradient, rate), [], learningRate,
            name ?? FunctionNames.Of(expression, "optimizer"));
    }

    /// <summary>Creates an optimizer from a formula with state.</summary>
    /// <remarks>
    /// <code>
    /// Optimizer.From((weight, gradient, rate, state) => weight + state[0].mul_(0.9).sub_(gradient * rate), state: ["velocity"], 0.1);
    /// </code>
    /// </remarks>
    /// <inheritdoc cref="From(Func{Tensor, Tensor, double, Tensor}, Cairn.Optimizers.LearningRate?, string?, string?)"
    /// path="/*[self::remarks or self::returns or self::exception]"/>
    /// <param name="update">
    /// Returns the new weight from the weight, its gradient, the learning rate, and the state tensors of the weight, which it changes in
    /// place.
    /// </param>
    /// <param name="state">The names of the state tensors, which are initialized with zeros of the weight's shape.</param>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="name">The name in files; the method name in snake case by default (null).</param>
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
