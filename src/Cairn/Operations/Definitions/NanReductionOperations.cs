using static Cairn.Native.HeldScalar;
using static Cairn.Operations.OperationDefinition;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Reductions that ignore NaN.</summary>
internal static class NanReductionOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Reduction("Nansum", (x, axes, keep) => ReductionOperations.Sum(Without(x, 0), axes, keep)),
        Reduction("Nanmean", (x, axes, keep) => Mean(ElementTypes.Floating(x), axes, keep)),
        Reduction("Nanvar", (x, axes, keep) => Variance(ElementTypes.Floating(x), axes, keep)),
        Reduction("Nanstd", (x, axes, keep) => Variance(ElementTypes.Floating(x), axes, keep).sqrt()),
        Reduction("Nanmax", (x, axes, keep) => Extreme(x, axes, keep, double.NegativeInfinity, ReductionOperations.Max)),
        Reduction("Nanmin", (x, axes, keep) => Extreme(x, axes, keep, double.PositiveInfinity, ReductionOperations.Min)),
        Reduction("Nanprod", (x, axes, keep) =>
            ReductionOperations.AlongEach(Without(x, 1).to_type(ElementTypes.OfSum(x.dtype)), axes, keep,
            (y, axis) => y.prod(axis, keepdim: true, type: y.dtype))),
        Reduction("Nanmedian", (x, axes, keep) => QuantileOperations.Quantile(x, tensor(0.5f), axes, "linear", keep, ignoreNaN: true)),
        Place("Nanargmax", double.NegativeInfinity, (x, axis, keep) => x.argmax(axis, keep)),
        Place("Nanargmin", double.PositiveInfinity, (x, axis, keep) => x.argmin(axis, keep)),
    ];

    public static Tensor Without(Tensor x, double instead) =>
        ElementTypes.IsFloating(x.dtype) ? where(x.isnan(), full_like(x, Held(instead)), x) : x;

    private static Tensor Mean(Tensor x, long[] axes, bool keep)
    {
        Tensor counted = x.isnan().logical_not().to_type(x.dtype);
        return Without(x, 0).sum(axes, keepdim: keep) / counted.sum(axes, keepdim: keep);
    }

    private static Tensor Variance(Tensor x, long[] axes, bool keep) => Mean((x - Mean(x, axes, keep: true)).Squared(), axes, keep);

    private static Tensor Extreme(Tensor x, long[] axes, bool keep, double nothing, Func<Tensor, long[], bool, Tensor> reduce)
    {
        if (!ElementTypes.IsFloating(x.dtype))
        {
            return reduce(x, axes, keep);
        }

        Tensor found = reduce(Without(x, nothing), axes, keep);
        Tensor none = x.isnan().logical_not().to_type(ScalarType.Int32).sum(axes, keepdim: keep).eq(Held(0));
        return where(none, full_like(found, Held(double.NaN)), found);
    }

    private static OperationDefinition Place(string className, double nothing, Func<Tensor, long, bool, Tensor> find) =>
        new("numpy", className, "axis=None, keepdims=False", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long? axis = a.OptionalLong("axis");
            bool keep = a.Bool("keepdims");
            return t =>
            {
                Tensor given = x.Of(t);
                Tensor found = ReductionOperations.Place(Without(given, nothing), axis, keep, find).to_type(ScalarType.Int32);
                if (!ElementTypes.IsFloating(given.dtype))
                {
                    return [found];
                }

                // The index is -1 if all values are NaN.
                Tensor none = given.isnan().logical_not().to_type(ScalarType.Int32)
                    .sum(axis is { } one ? [one] : AllOr(null, given), keepdim: keep).eq(Held(0));
                return [where(none, full_like(found, Held(-1)), found)];
            };
        });
}
