using static Cairn.Native.HeldScalar;
using static Cairn.Operations.OperationDefinition;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Quantiles and histograms.</summary>
internal static class QuantileOperations
{
    private static readonly string[] Methods = ["linear", "lower", "higher", "midpoint", "nearest"];

    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Of("Quantile", 1, ignoreNaN: false),
        Of("Percentile", 100, ignoreNaN: false),
        Of("Nanquantile", 1, ignoreNaN: true),
        Of("Nanpercentile", 100, ignoreNaN: true),
        new("numpy", "Bincount", "weights=None, minlength=0, sparse=False", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource? weights = a.OptionalTensor("weights");
            long least = a.Long("minlength");
            return t => [Bincount(x.Of(t), weights?.Of(t), least)];
        }),
        new("numpy", "Histogram", "bins=10, range=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long bins = a.Long("bins");
            (double, double)? range = a.IsNone("range") ? null
                : (a.Tensor("range").Of([]).to_type(ScalarType.Float64).cpu().data<double>()[0], a.Tensor("range").Of([])
                .to_type(ScalarType.Float64).cpu().data<double>()[1]);
            return t =>
            {
                (Tensor counts, Tensor edges) = histogram(ElementTypes.Floating(x.Of(t)).cpu(), bins, range);
                return [counts.to_type(ScalarType.Int32), edges];
            };
        }),
    ];

    /// <summary>Keras' quantile: several fractions become the first axis of the result.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="q">The fractions, 0 to 1, one or a list.</param>
    /// <param name="axes">The axes, counted from the start.</param>
    /// <param name="method">The interpolation method between two values.</param>
    /// <param name="keep">Whether to keep the axes with size 1.</param>
    /// <param name="ignoreNaN">Whether to ignore NaN.</param>
    public static Tensor Quantile(Tensor x, Tensor q, long[] axes, string method, bool keep, bool ignoreNaN = false)
    {
        Tensor floating = ElementTypes.Floating(x);
        long[] others = [.. AllOr(null, x).Except(axes)];
        Tensor flat = floating.permute([.. others, .. axes]).reshape([.. others.Select(axis => x.shape[axis]), -1]);
        Tensor fractions = q.to_type(floating.dtype).to(x.device).reshape(-1);
        Tensor sorted = flat.sort(-1).Values;
        Tensor hasNaN = flat.isnan();
        Tensor count = ignoreNaN ? hasNaN.logical_not().to_type(floating.dtype).sum(-1, keepdim: true)
            : full([.. flat.shape[..^1], 1], Held(flat.shape[^1]), floating.dtype, flat.device);
        Tensor position = (count - Held(1)).clamp_min(Held(0)) * fractions;
        Tensor below = position.floor();
        Tensor above = position.ceil();
        Tensor low = sorted.gather(-1, below.to_type(ScalarType.Int64));
        Tensor high = sorted.gather(-1, above.to_type(ScalarType.Int64));
        Tensor found = method switch
        {
            "lower" => low,
            "higher" => high,
            "midpoint" => low.Plus(high) / Held(2),
            "nearest" => sorted.gather(-1, position.round().to_type(ScalarType.Int64)),
            _ => low.Plus((high - low) * (position - below)),
        };
        Tensor lost = ignoreNaN ? count.eq(Held(0)) : hasNaN.any(-1, keepdim: true);
        found = where(lost, full_like(found, Held(double.NaN)), found);
        found = q.dim() == 0 ? found.squeeze(-1) : found.movedim([-1], [0]);
        if (keep)
        {
            foreach (long axis in axes.Order())
            {
                found = found.unsqueeze(q.dim() == 0 ? axis : axis + 1);
            }
        }

        return found;
    }

    private static OperationDefinition Of(string className, double whole, bool ignoreNaN) =>
        new("numpy", className, "axis=None, method='linear', keepdims=False", "x, q", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource q = a.Tensor("q");
            long[]? axes = a.Axes("axis");
            // Keras 3.16 ignores the method of Quantile in a graph; the other three operations use it.
            string method = a.Choice("method", Methods);
            bool keep = a.Bool("keepdims");
            return t => [Quantile(x.Of(t), whole == 1 ? q.Of(t) : q.Of(t) / Held(whole), AllOr(axes, x.Of(t)),
                className == "Quantile" ? "linear" : method, keep, ignoreNaN)];
        });

    private static Tensor Bincount(Tensor x, Tensor? weights, long least)
    {
        if (least <= 0)
        {
            throw new ArgumentException("bincount in a graph needs minlength, since the output size must be known in advance.");
        }

        // Larger values would make it longer than declared in the graph.
        Tensor places = x.to_type(ScalarType.Int64);
        Tensor counts = zeros([.. x.shape[..^1], least], weights is null ? ScalarType.Int32 : weights.dtype, x.device);
        Tensor fits = places.lt(Held(least));
        Tensor ones = weights ?? ones_like(places, ScalarType.Int32);
        return counts.scatter_add(-1, places.clamp(Held(0), Held(least - 1)), where(fits, ones, zeros_like(ones)));
    }
}
