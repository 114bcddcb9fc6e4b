using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

public static partial class Ops
{
    /// <summary>Returns whether all elements along the axes are true. Keras: <c>ops.all</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor All(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("All", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns whether any element along the axes is true. Keras: <c>ops.any</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Any(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Any", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the maximum along the axes. Keras: <c>ops.amax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Amax(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Amax", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the minimum along the axes. Keras: <c>ops.amin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Amin(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Amin", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the indices of the maximum values along the axis. Keras: <c>ops.argmax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Argmax(TensorLike x, int? axis = null, bool keepdims = false) =>
        Apply("Argmax", new JsonObject { ["axis"] = axis, ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the indices of the minimum values along the axis. Keras: <c>ops.argmin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Argmin(TensorLike x, int? axis = null, bool keepdims = false) =>
        Apply("Argmin", new JsonObject { ["axis"] = axis, ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the weighted average along the axes. Keras: <c>ops.average</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="weights">The weights, or null.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Average(TensorLike x, Axes? axis = null, TensorLike? weights = null) =>
        Apply("Average", new JsonObject { ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors), Optional(weights, tensors)]);

    /// <summary>Counts the occurrences of each non-negative integer. Keras: <c>ops.bincount</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="weights">The weights, or null.</param>
    /// <param name="minlength">The minimum number of bins; 0 by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Bincount(TensorLike x, TensorLike? weights = null, int minlength = 0) =>
        Apply("Bincount", new JsonObject { ["minlength"] = minlength }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Counts the nonzero elements along the axes. Keras: <c>ops.count_nonzero</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor CountNonzero(TensorLike x, Axes? axis = null) =>
        Apply("CountNonzero", new JsonObject { ["axis"] = axis?.ToJson() }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the maximum along the axes. Keras: <c>ops.max</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <param name="initial">The minimum value of the result; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Max(TensorLike x, Axes? axis = null, bool keepdims = false, double? initial = null) =>
        Apply(
            "Max",
            new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims, ["initial"] = initial },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the median along the axes. Keras: <c>ops.median</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Median(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Median", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the minimum along the axes. Keras: <c>ops.min</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <param name="initial">The maximum value of the result; optional.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Min(TensorLike x, Axes? axis = null, bool keepdims = false, double? initial = null) =>
        Apply(
            "Min",
            new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims, ["initial"] = initial },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Returns the indices of the maximum values along the axis, ignoring NaN; -1 if all values are NaN. Keras: <c>ops.nanargmax</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanargmax(TensorLike x, int? axis = null, bool keepdims = false) =>
        Apply("Nanargmax", new JsonObject { ["axis"] = axis, ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Returns the indices of the minimum values along the axis, ignoring NaN; -1 if all values are NaN. Keras: <c>ops.nanargmin</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis; negative axes count from the end. The tensor is flattened by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanargmin(TensorLike x, int? axis = null, bool keepdims = false) =>
        Apply("Nanargmin", new JsonObject { ["axis"] = axis, ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the maximum along the axes, ignoring NaN. Keras: <c>ops.nanmax</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanmax(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanmax", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the mean along the axes, ignoring NaN. Keras: <c>ops.nanmean</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanmean(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanmean", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the median along the axes, ignoring NaN. Keras: <c>ops.nanmedian</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanmedian(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanmedian", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Returns the minimum along the axes, ignoring NaN. Keras: <c>ops.nanmin</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanmin(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanmin", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes percentiles along the axes, ignoring NaN. Keras: <c>ops.nanpercentile</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="q">The quantile or quantiles to compute.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="method">The interpolation method; <c>linear</c> by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanpercentile(
        TensorLike x, TensorLike q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Apply(
            "Nanpercentile",
            new JsonObject { ["axis"] = axis?.ToJson(), ["method"] = method, ["keepdims"] = keepdims },
            tensors => [x.ToOperand(tensors), q.ToOperand(tensors)]);

    /// <summary>Computes the product along the axes, ignoring NaN. Keras: <c>ops.nanprod</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanprod(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanprod", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes quantiles along the axes, ignoring NaN. Keras: <c>ops.nanquantile</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="q">The quantile or quantiles to compute.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="method">The interpolation method; <c>linear</c> by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanquantile(
        TensorLike x, TensorLike q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Apply(
            "Nanquantile",
            new JsonObject { ["axis"] = axis?.ToJson(), ["method"] = method, ["keepdims"] = keepdims },
            tensors => [x.ToOperand(tensors), q.ToOperand(tensors)]);

    /// <summary>Computes the standard deviation along the axes, ignoring NaN. Keras: <c>ops.nanstd</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanstd(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanstd", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the sum along the axes, ignoring NaN. Keras: <c>ops.nansum</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nansum(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nansum", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the variance along the axes, ignoring NaN. Keras: <c>ops.nanvar</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Nanvar(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Nanvar", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Computes percentiles along the axes; several percentages become the first axis of the result. Keras: <c>ops.percentile</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="q">The quantile or quantiles to compute.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="method">The interpolation method; <c>linear</c> by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Percentile(TensorLike x, TensorLike q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Apply(
            "Percentile",
            new JsonObject { ["axis"] = axis?.ToJson(), ["method"] = method, ["keepdims"] = keepdims },
            tensors => [x.ToOperand(tensors), q.ToOperand(tensors)]);

    /// <summary>Computes the product along the axes. Keras: <c>ops.prod</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <param name="dtype">The Keras name of the result type, such as <c>int32</c>; Keras' default type by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Prod(TensorLike x, Axes? axis = null, bool keepdims = false, string? dtype = null) =>
        Apply(
            "Prod",
            new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims, ["dtype"] = dtype },
            tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the range of values (maximum minus minimum) along the axes. Keras: <c>ops.ptp</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Ptp(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Ptp", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>
    /// Computes quantiles along the axes; several fractions become the first axis of the result. Keras: <c>ops.quantile</c>.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="q">The quantile or quantiles to compute.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="method">The interpolation method; <c>linear</c> by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Quantile(TensorLike x, TensorLike q, Axes? axis = null, string method = "linear", bool keepdims = false) =>
        Apply(
            "Quantile",
            new JsonObject { ["axis"] = axis?.ToJson(), ["method"] = method, ["keepdims"] = keepdims },
            tensors => [x.ToOperand(tensors), q.ToOperand(tensors)]);

    /// <summary>Computes the standard deviation along the axes. Keras: <c>ops.std</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Std(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Std", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the mean along the axes. Keras: <c>ops.mean</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Mean(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Mean", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the variance along the axes. Keras: <c>ops.var</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Var(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Var", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);

    /// <summary>Computes the sum along the axes. Keras: <c>ops.sum</c>.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis or axes; negative axes count from the end. All axes by default.</param>
    /// <param name="keepdims">Whether to keep the reduced axes with size 1; false by default.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public static KerasTensor Sum(TensorLike x, Axes? axis = null, bool keepdims = false) =>
        Apply("Sum", new JsonObject { ["axis"] = axis?.ToJson(), ["keepdims"] = keepdims }, tensors => [x.ToOperand(tensors)]);
}
