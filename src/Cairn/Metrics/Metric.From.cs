using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Metrics;

// A function as a metric.
public abstract partial class Metric
{
    /// <summary>Makes a metric of a function, its mean over the samples: <c>Metric.From((yTrue, yPred) => (yTrue - yPred).abs(),
    /// "distance")</c>.</summary>
    /// <param name="function">Of targets and predictions, as they come; one number for each sample, or more, or less, whose mean
    /// counts.</param>
    /// <param name="name">The name in logs; null (default) for that of the method, in snake case.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    public static Metric From(
        Func<Tensor, Tensor, Tensor> function, string? name = null, [CallerArgumentExpression(nameof(function))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new FunctionMetric(name ?? FunctionNames.Of(expression, "metric"), function);
    }

    /// <summary>A function as a metric; see <see cref="From"/>.</summary>
    [return: NotNullIfNotNull(nameof(function))]
    public static implicit operator Metric?(Func<Tensor, Tensor, Tensor>? function) =>
        function is null ? null : From(function, FunctionNames.Of(function, "metric"));
}
