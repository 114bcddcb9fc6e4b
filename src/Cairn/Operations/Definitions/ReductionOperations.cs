using static Cairn.Native.HeldScalar;
using static Cairn.Operations.OperationDefinition;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Reductions along axes.</summary>
internal static class ReductionOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Reduction("Mean", (x, axes, keep) => Mean(x, axes, keep)),
        Reduction("Sum", (x, axes, keep) => Sum(x, axes, keep)),
        Reduction("Var", (x, axes, keep) => Variance(ElementTypes.Floating(x), axes, keep)),
        Reduction("Std", (x, axes, keep) => Variance(ElementTypes.Floating(x), axes, keep).sqrt()),
        Reduction("Amax", Max),
        Reduction("Amin", Min),
        Reduction("Ptp", (x, axes, keep) => Max(x, axes, keep).sub(Min(x, axes, keep))),
        Reduction("All", (x, axes, keep) => Truth(x).logical_not().to_type(ScalarType.Int32).sum(axes, keepdim: keep).eq(Held(0))),
        Reduction("Any", (x, axes, keep) => Truth(x).to_type(ScalarType.Int32).sum(axes, keepdim: keep).ne(Held(0))),
        Reduction("Median", (x, axes, keep) => QuantileOperations.Quantile(x, tensor(0.5f), axes, "linear", keep)),
        Reduction("Logsumexp", (x, axes, keep) => LogSumExp(ElementTypes.Floating(x), axes, keep), module: "math"),
        Initial("Max", Max, (a, b) => a.maximum(b)),
        Initial("Min", Min, (a, b) => a.minimum(b)),
        new("numpy", "Prod", "axis=None, keepdims=False, dtype=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long[]? axes = a.Axes("axis");
            bool keep = a.Bool("keepdims");
            ScalarType? type = a.Type("dtype");
            return t =>
            {
                Tensor given = x.Of(t);
                Tensor typed = given.to_type(type ?? ElementTypes.OfSum(given.dtype));
                return [AlongEach(typed, AllOr(axes, typed), keep, (y, axis) => y.prod(axis, keepdim: true, type: y.dtype))];
            };
        }),
        Index("Argmax", (x, axis, keep) => x.argmax(axis, keep)),
        Index("Argmin", (x, axis, keep) => x.argmin(axis, keep)),
        new("numpy", "CountNonzero", "axis=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long[]? axes = a.Axes("axis");
            return t =>
            {
                // Keras reverses the axes of the result on PyTorch, and its result is the reference.
                Tensor count = x.Of(t).ne(Held(0)).to_type(ScalarType.Int32).sum(AllOr(axes, x.Of(t)), type: ScalarType.Int32);
                return [count.permute([.. Enumerable.Range(0, (int)count.dim()).Reverse().Select(axis => (long)axis)])];
            };
        }),
        new("numpy", "Average", "axis=None", "x, weights=None", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource? weights = a.OptionalTensor("weights");
            long[]? axes = a.Axes("axis");
            return t => [Average(ElementTypes.Floating(x.Of(t)), weights?.Of(t), axes)];
        }),
        new("nn", "Moments", "axes, keepdims=False, synchronized=False", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long[]? axes = a.Axes("axes");
            bool keep = a.Bool("keepdims");
            return t =>
            {
                Tensor floating = ElementTypes.Floating(x.Of(t));
                long[] places = AllOr(axes, floating);
                return [floating.mean(places, keep), Variance(floating, places, keep)];
            };
        }),
    ];

    public static Tensor Mean(Tensor x, long[] axes, bool keep) =>
        axes.Length == 0 ? ElementTypes.Floating(x) : ElementTypes.Floating(x).mean(axes, keep);

    /// <summary>The mean squared deviation from the mean.</summary>
    /// <remarks>TorchSharp's function of several axes terminates the process if libtorch rejects its arguments.</remarks>
    public static Tensor Variance(Tensor x, long[] axes, bool keep) =>
        axes.Length == 0 ? zeros_like(x) : (x - x.mean(axes, keepdim: true)).Squared().mean(axes, keep);

    public static Tensor Sum(Tensor x, long[] axes, bool keep)
    {
        ScalarType type = ElementTypes.OfSum(x.dtype);
        return axes.Length == 0 ? x.to_type(type) : x.sum(axes, keepdim: keep, type: type);
    }

    public static Tensor Max(Tensor x, long[] axes, bool keep) => axes.Length == 0 ? x : x.amax(axes, keep);

    public static Tensor Min(Tensor x, long[] axes, bool keep) => axes.Length == 0 ? x : x.amin(axes, keep);

    /// <summary>Reduces one axis after the other, starting at the last.</summary>
    public static Tensor AlongEach(Tensor x, long[] axes, bool keep, Func<Tensor, long, Tensor> function)
    {
        foreach (long axis in axes.OrderDescending())
        {
            x = function(x, axis);
            x = keep ? x : x.squeeze(axis);
        }

        return x;
    }

    private static Tensor LogSumExp(Tensor x, long[] axes, bool keep) =>
        AlongEach(x, axes, keep, (y, axis) => y.logsumexp(axis, keepdim: true));

    private static Tensor Truth(Tensor x) => x.dtype == ScalarType.Bool ? x : x.ne(Held(0));

    private static OperationDefinition Initial(string className, Func<Tensor, long[], bool, Tensor> reduce,
        Func<Tensor, Tensor, Tensor> with) =>
        new("numpy", className, "axis=None, keepdims=False, initial=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long[]? axes = a.Axes("axis");
            bool keep = a.Bool("keepdims");
            double? initial = a.OptionalDouble("initial");
            return t =>
            {
                Tensor reduced = reduce(x.Of(t), AllOr(axes, x.Of(t)), keep);
                return [initial is { } first ? with(reduced, full_like(reduced, Held(first))) : reduced];
            };
        });

    private static OperationDefinition Index(string className, Func<Tensor, long, bool, Tensor> find) =>
        new("numpy", className, "axis=None, keepdims=False", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long? axis = a.OptionalLong("axis");
            bool keep = a.Bool("keepdims");
            return t => [Place(x.Of(t), axis, keep, find).to_type(ScalarType.Int32)];
        });

    /// <summary>The index of an element along an axis, or in the flattened tensor.</summary>
    public static Tensor Place(Tensor x, long? axis, bool keep, Func<Tensor, long, bool, Tensor> find)
    {
        Tensor numbers = x.dtype == ScalarType.Bool ? x.to_type(ScalarType.Int32) : x;
        if (axis is { } along)
        {
            return find(numbers, along, keep);
        }

        Tensor place = find(numbers.flatten(), 0, false);
        return keep ? place.reshape([.. Enumerable.Repeat(1L, (int)x.dim())]) : place;
    }

    private static Tensor Average(Tensor x, Tensor? weights, long[]? axes)
    {
        long[] places = AllOr(axes, x);
        if (weights is null)
        {
            return Mean(x, places, keep: false);
        }

        Tensor spread = weights.to_type(x.dtype);
        if (weights.dim() == 1 && x.dim() > 1 && places is [var only])
        {
            long[] shape = [.. Enumerable.Repeat(1L, (int)x.dim())];
            shape[only] = weights.shape[0];
            spread = spread.reshape(shape);
        }

        return x.mul(spread).sum(places) / spread.expand_as(x).sum(places);
    }
}
