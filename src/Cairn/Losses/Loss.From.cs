using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Losses;

// Losses from functions.
public abstract partial class Loss
{
    /// <summary>Creates a loss from a function: <c>Loss.From((yTrue, yPred) => (yTrue - yPred).abs())</c>.</summary>
    /// <remarks>
    /// Files store the name of the loss; to load such a model, pass the function in <c>customObjects</c>. If the ranks of targets and
    /// predictions differ by a last axis of size 1, it is added to or removed from the targets first, as in Keras.
    /// </remarks>
    /// <param name="function">
    /// A function of targets (float32) and predictions. It returns one number per sample, or a tensor of any other shape; the mean is used.
    /// </param>
    /// <param name="name">The name in files; the method name in snake case by default (null).</param>
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

    /// <summary>Converts implicitly from a function; see <see cref="From"/>.</summary>
    [return: NotNullIfNotNull(nameof(function))]
    public static implicit operator Loss?(Func<Tensor, Tensor, Tensor>? function) =>
        function is null ? null : From(function, FunctionNames.Of(function, "loss"));
}
