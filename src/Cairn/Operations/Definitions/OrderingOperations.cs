using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Sorting, searching and cumulative operations.</summary>
internal static class OrderingOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("numpy", "Sort", "axis=-1", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long? axis = a.OptionalLong("axis");
            return t => [Flat(x.Of(t), axis).sort(axis ?? 0).Values];
        }),
        new("numpy", "Argsort", "axis=-1", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long? axis = a.OptionalLong("axis");
            return t => [Flat(x.Of(t), axis).sort(axis ?? 0, stable: true).Indices.to_type(ScalarType.Int32)];
        }),
        new("numpy", "Argpartition", "kth, axis=-1", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long? axis = a.OptionalLong("axis");
            int kth = a.Int("kth");
            return t => [Partition(Flat(x.Of(t), axis), kth, axis ?? 0)];
        }),
        new("math", "TopK", "k, sorted=True, is_stable=True", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long k = a.Long("k");
            return t =>
            {
                // Always in descending order; ties keep their order.
                (Tensor values, Tensor indices) = x.Of(t).sort(-1, descending: true, stable: true);
                long axis = x.Of(t).dim() - 1;
                return [values.narrow(axis, 0, k), indices.narrow(axis, 0, k)];
            };
        }),
        new("math", "InTopK", "k", "targets, predictions", a =>
        {
            OperationSource targets = a.Tensor("targets");
            OperationSource predictions = a.Tensor("predictions");
            int k = a.Int("k");
            return t =>
            {
                Tensor scores = predictions.Of(t);
                Tensor best = scores.topk(k).values;
                Tensor own = scores.take_along_dim(targets.Of(t).to_type(ScalarType.Int64).unsqueeze(-1), -1);
                return [own.ge(best).any(-1)];
            };
        }),
        Running("Cumsum", (x, axis) => x.cumsum(axis)),
        Running("Cumprod", (x, axis) => x.cumprod(axis)),
        Running("Nancumsum", (x, axis) => NanReductionOperations.Without(x, 0).cumsum(axis)),
        Running("Nancumprod", (x, axis) => NanReductionOperations.Without(x, 1).cumprod(axis)),
        new("numpy", "Diff", "n=1, axis=-1", "a", a =>
        {
            OperationSource x = a.Tensor("a");
            long n = a.Long("n");
            long axis = a.Long("axis");
            return n is < 0 or > 1000 ? throw a.Wrong("n", "a number from 0 to 1000") : t =>
            {
                Tensor y = x.Of(t);
                for (long i = 0; i < n; i++)
                {
                    y = y.diff(1, axis);
                }

                return [y];
            };
        }),
        new("numpy", "Trapezoid", "x=None, dx=1.0, axis=-1", "y", a =>
        {
            OperationSource y = a.Tensor("y");
            OperationSource? x = a.OptionalTensor("x");
            double step = a.Double("dx");
            long axis = a.Long("axis");
            return t => [x is null ? ElementTypes.Floating(y.Of(t)).trapezoid(step, axis)
                : ElementTypes.Floating(y.Of(t)).trapezoid(x.Of(t), axis)];
        }),
        new("numpy", "SearchSorted", "side='left'", "sorted_sequence, values", a =>
        {
            OperationSource sequence = a.Tensor("sorted_sequence");
            OperationSource values = a.Tensor("values");
            bool right = a.Choice("side", "left", "right") == "right";
            return t => [searchsorted(sequence.Of(t), values.Of(t).contiguous(), out_int32: true, right: right)];
        }),
        new("numpy", "Digitize", "", "x, bins", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource bins = a.Tensor("bins");
            return t => [x.Of(t).contiguous().bucketize(bins.Of(t), outInt32: true, right: true)];
        }),
        new(
            "numpy",
            "Unique",
            "sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None, size=None, fill_value=None",
            "x",
            a =>
            {
                OperationSource x = a.Tensor("x");
                long size = a.OptionalLong("size") ?? throw a.Wrong("size", "a constant size");
                double fill = a.OptionalDouble("fill_value") ?? 0;
                bool withCounts = a.Bool("return_counts");
                bool withInverse = a.Bool("return_inverse");
                if (a.Bool("return_index") || !a.IsNone("axis"))
                {
                    throw new ArgumentException("unique does not support return_index and axis.");
                }

                return t =>
                {
                    (Tensor values, Tensor? inverse, Tensor? counts) = x.Of(t)
                        .unique(sorted: true, return_inverse: true, return_counts: true);
                    List<Tensor> given = [Fitted(values, size, fill)];
                    if (withInverse)
                    {
                        given.Add(inverse!.to_type(ScalarType.Int32));
                    }

                    if (withCounts)
                    {
                        given.Add(Fitted(counts!, size, 0).to_type(ScalarType.Int32));
                    }

                    return [.. given];
                };
            }),
    ];

    private static Tensor Flat(Tensor x, long? axis) => axis is null ? x.reshape(-1) : x;

    /// <summary>Truncates or pads to the requested number of values.</summary>
    private static Tensor Fitted(Tensor x, long size, double fill) => x.shape[0] >= size
        ? x.narrow(0, 0, size)
        : nn.functional.pad(x, [0, size - x.shape[0]], PaddingModes.Constant, fill);

    /// <summary>The indices of the smallest values first, then those of the others in their order.</summary>
    private static Tensor Partition(Tensor x, int kth, long axis)
    {
        Tensor last = x.to_type(ScalarType.Int32).transpose(axis, -1);
        Tensor bottom = last.neg().topk(kth + 1).indexes;
        Tensor left = ones_like(last).scatter(-1, bottom, zeros_like(bottom, last.dtype));
        Tensor top = left.topk((int)last.shape[^1] - kth - 1).indexes;
        return cat([bottom, top], -1).to_type(ScalarType.Int32).transpose(axis, -1);
    }

    private static OperationDefinition Running(string className, Func<Tensor, long, Tensor> function) =>
        new("numpy", className, "axis=None, dtype=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long? axis = a.OptionalLong("axis");
            ScalarType? type = a.Type("dtype");
            return t =>
            {
                Tensor given = Flat(x.Of(t), axis);
                ScalarType wanted = type ?? (given.dtype == ScalarType.Bool ? ScalarType.Int32 : given.dtype);
                return [function(given.to_type(wanted), axis ?? 0).to_type(wanted)];
            };
        });
}
