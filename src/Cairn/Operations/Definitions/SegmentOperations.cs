using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Reductions of the segments of the first axis.</summary>
internal static class SegmentOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Of("SegmentSum", 0, (all, places, data) => all.scatter_add(0, places, data)),
        Of("SegmentMax", double.NegativeInfinity, (all, places, data) => EachSegment(all, places, data, (x, axis) => x.amax([axis]))),
        Of("SegmentMin", double.PositiveInfinity, (all, places, data) => EachSegment(all, places, data, (x, axis) => x.amin([axis]))),
        Of("SegmentProd", 1, (all, places, data) => EachSegment(all, places, data, (x, axis) => x.prod(axis))),
    ];

    private static OperationDefinition Of(string className, double nothing, Func<Tensor, Tensor, Tensor, Tensor> reduce) =>
        new("math", className, "num_segments=None, sorted=False", "data, segment_ids", a =>
        {
            OperationSource data = a.Tensor("data");
            OperationSource ids = a.Tensor("segment_ids");
            long count = a.OptionalLong("num_segments") ?? throw a.Wrong("num_segments", "a constant number");
            return count is < 1 or > 1 << 24 ? throw a.Wrong("num_segments", "a number above 0") : t =>
            {
                Tensor given = data.Of(t);
                long[] shape = given.shape;
                Tensor places = ids.Of(t).to_type(ScalarType.Int64);

                // Elements without a segment go into one more segment, which is dropped at the end.
                places = where(places.lt(Held(0)).logical_or(places.ge(Held(count))), full_like(places, Held(count)), places);
                Tensor spread = places.reshape([shape[0], .. Enumerable.Repeat(1L, shape.Length - 1)]).expand(shape);
                Tensor all = full([count + 1, .. shape[1..]], Held(nothing), ScalarType.Float32, given.device);
                return [reduce(all, spread, given.to_type(ScalarType.Float32)).narrow(0, 0, count).to_type(given.dtype)];
            };
        });

    /// <summary>Elements of other segments are replaced by the neutral element.</summary>
    private static Tensor EachSegment(Tensor all, Tensor places, Tensor data, Func<Tensor, long, Tensor> reduce)
    {
        long segments = all.shape[0];
        Tensor numbers = arange(Held(0), Held(segments), Held(1), ScalarType.Int64, places.device_type == DeviceType.META ? CPU
            : places.device);
        Tensor belongs = places.unsqueeze(0).eq(numbers.reshape([segments, .. Enumerable.Repeat(1L, (int)places.dim())]));
        return reduce(where(belongs, data.unsqueeze(0), all.unsqueeze(1)), 1);
    }
}
