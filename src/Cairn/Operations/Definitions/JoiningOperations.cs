using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Operations that join and split tensors.</summary>
internal static class JoiningOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("numpy", "Concatenate", "axis=0", "xs", a =>
        {
            OperationSource[] xs = a.Tensors("xs");
            long axis = a.Long("axis");
            return t => [cat(Alike(xs, t), axis)];
        }),
        new("numpy", "Stack", "axis=0", "x", a =>
        {
            OperationSource[] xs = a.Tensors("x");
            long axis = a.Long("axis");
            return t => [stack(Alike(xs, t), axis)];
        }),
        new("numpy", "Append", "axis=None", "x1, x2", a =>
        {
            OperationSource first = a.Tensor("x1");
            OperationSource second = a.Tensor("x2");
            long? axis = a.OptionalLong("axis");
            return t =>
            {
                Tensor[] both = Alike([first, second], t);
                return [axis is { } along ? cat(both, along) : cat([both[0].reshape(-1), both[1].reshape(-1)], 0)];
            };
        }),
        Joined("Hstack", xs => cat([.. xs.Select(x => x.atleast_1d())], xs[0].dim() <= 1 ? 0 : 1)),
        Joined("Vstack", xs => cat([.. xs.Select(x => x.atleast_2d())], 0)),
        Joined("Dstack", xs => cat([.. xs.Select(x => x.atleast_3d())], 2)),
        Joined("ColumnStack", xs => cat([.. xs.Select(x => x.dim() < 2 ? x.reshape(-1, 1) : x)], 1)),
        Parts("Split", "axis=0", mustBeEven: true),
        Parts("ArraySplit", "axis=0", mustBeEven: false),
        Parts("Hsplit", "", mustBeEven: true, axis: 1),
        Parts("Vsplit", "", mustBeEven: true, axis: 0),
        Parts("Dsplit", "", mustBeEven: true, axis: 2),
        new("core", "Unstack", "num=None, axis=0", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            int axis = a.Int("axis");
            long? count = a.OptionalLong("num");
            return t =>
            {
                long size = x.Of(t).shape[axis < 0 ? axis + x.Of(t).dim() : axis];
                return count is { } expected && expected != size
                    ? throw new ArgumentException($"the axis {axis} has the size {size}, not {expected}")
                    : x.Of(t).unbind(axis);
            };
        }),
        new("numpy", "Meshgrid", "indexing='xy'", "*x", a =>
        {
            OperationSource[] xs = a.Tensors("x");
            string indexing = a.Choice("indexing", "xy", "ij");
            return t => meshgrid([.. xs.Select(x => x.Of(t).reshape(-1))], indexing);
        }),
    ];

    /// <summary>Promotes the tensors to a common type.</summary>
    public static Tensor[] Alike(OperationSource[] xs, Tensor[] inputs)
    {
        Tensor[] tensors = Array.ConvertAll(xs, x => x.Of(inputs));
        if (Array.TrueForAll(tensors, x => x.dtype == tensors[0].dtype))
        {
            return tensors;
        }

        ScalarType type = tensors.Skip(1).Aggregate(tensors[0].dtype, (common, x) => promote_types(common, x.dtype));
        return Array.ConvertAll(tensors, x => x.to_type(type));
    }

    private static OperationDefinition Joined(string className, Func<Tensor[], Tensor> join) => new("numpy", className, "", "xs", a =>
    {
        OperationSource[] xs = a.Tensors("xs");
        return t => [join(Alike(xs, t))];
    });

    private static OperationDefinition Parts(string className, string settings, bool mustBeEven, int? axis = null) =>
        new("numpy", className, settings.Length == 0 ? "indices_or_sections" : $"indices_or_sections, {settings}", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long along = axis ?? a.Long("axis");
            long[] at = a.Sizes("indices_or_sections");
            bool isCount = a.Value("indices_or_sections") is not JsonArray;
            return t =>
            {
                Tensor given = x.Of(t);
                long place = className == "Hsplit" && given.dim() == 1 ? 0 : along;
                if (!isCount)
                {
                    return given.tensor_split(at, place);
                }

                long size = given.shape[place < 0 ? place + given.dim() : place];
                return !mustBeEven || (at[0] > 0 && size % at[0] == 0)
                    ? given.tensor_split(at[0], place)
                    : throw new ArgumentException($"an axis of size {size} can't be split into {at[0]} equal parts");
            };
        });
}
