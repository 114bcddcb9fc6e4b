using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Operations that read and write elements by index.</summary>
internal static class IndexingOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("numpy", "GetItem", "", "x, key", a =>
        {
            OperationSource x = a.Tensor("x");
            var key = IndexKey.Read(a["key"], a);
            return t => [key.Apply(x.Of(t), t)];
        }),
        new("numpy", "Take", "axis=None", "x, indices", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource indices = a.Tensor("indices");
            long? axis = a.OptionalLong("axis");
            return t => [axis is { } along ? Taken(x.Of(t), indices.Of(t), along) : Taken(x.Of(t).reshape(-1), indices.Of(t), 0)];
        }),
        new("numpy", "TakeAlongAxis", "axis=None", "x, indices", a =>
        {
            OperationSource x = a.Tensor("x");
            OperationSource indices = a.Tensor("indices");
            long? axis = a.OptionalLong("axis");
            return t => [axis is { } along
                ? x.Of(t).take_along_dim(FromStart(indices.Of(t), x.Of(t).shape[along < 0 ? along + x.Of(t).dim() : along]), along)
                : x.Of(t).reshape(-1).take_along_dim(FromStart(indices.Of(t), x.Of(t).numel()).reshape(-1), 0)];
        }),
        new("core", "Slice", "shape", "inputs, start_indices", a =>
        {
            OperationSource x = a.Tensor("inputs");
            long[] starts = a.Sizes("start_indices");
            long[] shape = a.Sizes("shape");
            return t => [starts.Select((start, axis) => (start, axis))
                .Aggregate(x.Of(t), (y, p) => y.narrow(p.axis, p.start, shape[p.axis] < 0 ? y.shape[p.axis] - p.start : shape[p.axis]))];
        }),
        new("core", "SliceUpdate", "", "inputs, start_indices, updates", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource updates = a.Tensor("updates");
            long[] starts = a.Sizes("start_indices");
            return t =>
            {
                Tensor changed = x.Of(t).clone();
                Tensor values = updates.Of(t).to_type(changed.dtype);
                starts.Select((start, axis) => (start, axis)).Aggregate(changed, (y, p) => y.narrow(p.axis, p.start, values.shape[p.axis]))
                    .copy_(values);
                return [changed];
            };
        }),
        new("core", "Scatter", "shape", "indices, values", a =>
        {
            OperationSource indices = a.Tensor("indices");
            OperationSource values = a.Tensor("values");
            long[] shape = a.Sizes("shape");
            return t =>
            {
                Tensor given = values.Of(t);
                return [zeros(shape, given.dtype, given.device).index_put_(given, Columns(indices.Of(t)), accumulate: true)];
            };
        }),
        new("core", "ScatterUpdate", "reduction=None", "inputs, indices, updates", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource indices = a.Tensor("indices");
            OperationSource updates = a.Tensor("updates");
            string? reduction = a.OptionalString("reduction");
            if (reduction is not (null or "add"))
            {
                throw a.Wrong("reduction", "None or 'add'");
            }

            return t => [x.Of(t).clone()
                .index_put_(updates.Of(t).to_type(x.Of(t).dtype), Columns(indices.Of(t)), accumulate: reduction is not null)];
        }),
        new("numpy", "UnravelIndex", "shape", "indices", a =>
        {
            OperationSource indices = a.Tensor("indices");
            long[] shape = a.Sizes("shape");
            return t =>
            {
                Tensor rest = indices.Of(t);
                var places = new Tensor[shape.Length];
                for (int axis = shape.Length - 1; axis >= 0; axis--)
                {
                    places[axis] = rest.remainder(Held(shape[axis])).to_type(indices.Of(t).dtype);
                    rest = rest.floor_divide(Held(shape[axis]));
                }

                return places;
            };
        }),
    ];

    /// <summary>Keras: <c>take</c>; negative indices count from the end.</summary>
    public static Tensor Taken(Tensor x, Tensor indices, long axis)
    {
        long along = axis < 0 ? axis + x.dim() : axis;
        long[] shape = [.. x.shape[..(int)along], .. indices.shape, .. x.shape[(int)(along + 1)..]];
        return x.index_select(along, FromStart(indices, x.shape[along]).reshape(-1)).reshape(shape);
    }

    private static Tensor FromStart(Tensor indices, long size)
    {
        Tensor places = indices.to_type(ScalarType.Int64);
        return where(places.lt(Held(0)), places.Plus(Held(size)), places);
    }

    private static Tensor[] Columns(Tensor indices) => indices.to_type(ScalarType.Int64).unbind((int)indices.dim() - 1);
}
