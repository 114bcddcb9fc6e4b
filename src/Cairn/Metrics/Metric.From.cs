using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Metrics;

// Metrics from functions.
public abstract partial class Metric
{
    /// <summary>
    /// Creates a metric that is the mean of a function over the samples:
    /// <c>Metric.From((yTrue, yPred) => (yTrue - yPred).abs(), "distance")</c>.
    /// </summary>
    /// <param name="function">
    /// A function of targets and predictions, without conversion. It returns one number per sample, or a tensor of any other shape; the
    /// mean is used.
    /// </param>
    /// <param name="name">The name in the logs; the method name in snake case by default (null).</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static Metric From(
        Func<Tensor, Tensor, Tensor> function, string? name = null, [CallerArgumentExpression(nameof(function))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionMetric(name ?? FunctionNames.Of(expression, "metric"), function);
    }

    /// <summary>Converts implicitly from a function; see <see cref="From"/>.</summary>
    [return: NotNullIfNotNull(nameof(function))]
    public static implicit operator Metric?(Func<Tensor, Tensor, Tensor>? function) =>
        function is null ? null : From(function, FunctionNames.Of(function, "metric"));
}
