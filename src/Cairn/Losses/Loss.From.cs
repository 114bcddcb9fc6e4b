using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Losses;

// A function as a loss.
public abstract partial class Loss
{
    /// <summary>Makes a loss of a function: <c>Loss.From((yTrue, yPred) => (yTrue - yPred).abs())</c>.</summary>
    /// <remarks>
    /// A method's file names it by that name; load such a model with the function in <c>customObjects</c>. Targets that lack the last axis
    /// of size 1 of the predictions, or have it where those lack it, get or lose it before, as in Keras.
    /// </remarks>
    /// <param name="function">Of targets, float32, and predictions; one number for each sample, or more, or less, whose mean
    /// counts.</param>
    /// <param name="name">The name in files; null (default) for that of the method, in snake case.</param>
    /// <param name="reduction">See <see cref="Reduction"/>.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static Loss From(
        Func<Tensor, Tensor, Tensor> function,
        string? name = null,
        string reduction = "sum_over_batch_size",
        [CallerArgumentExpression(nameof(function))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionLoss(name ?? FunctionNames.Of(expression, "loss"), function, reduction);
    }

    /// <summary>A function as a loss; see <see cref="From"/>.</summary>
    [return: NotNullIfNotNull(nameof(function))]
    public static implicit operator Loss?(Func<Tensor, Tensor, Tensor>? function) =>
        function is null ? null : From(function, FunctionNames.Of(function, "loss"));
}
