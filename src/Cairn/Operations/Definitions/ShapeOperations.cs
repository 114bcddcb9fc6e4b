using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Operations that change the shape or order of elements.</summary>
internal static class ShapeOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        Of("Reshape", "newshape", (a, x) =>
        {
            long[] shape = a.Sizes("newshape");
            return t => x.Of(t).reshape(shape);
        }),
        Of("Ravel", "", (_, x) => t => x.Of(t).reshape(-1)),
        Of("ExpandDims", "axis", (a, x) =>
        {
            long[] axes = a.Sizes("axis");
            return t => Expanded(x.Of(t), axes);
        }),
        Of("Squeeze", "axis=None", (a, x) =>
        {
            long[]? axes = a.Axes("axis");
            return t => Squeezed(x.Of(t), axes);
        }),
        Of("Transpose", "axes=None", (a, x) =>
        {
            long[]? axes = a.Axes("axes");
            return t => x.Of(t).permute(axes ?? [.. Enumerable.Range(0, (int)x.Of(t).dim()).Reverse().Select(axis => (long)axis)]);
        }),
        Of("Swapaxes", "axis1, axis2", (a, x) =>
        {
            long one = a.Long("axis1");
            long other = a.Long("axis2");
            return t => x.Of(t).transpose(one, other);
        }),
        Of("Moveaxis", "source, destination", (a, x) =>
        {
            long[] from = a.Sizes("source");
            long[] to = a.Sizes("destination");
            return t => x.Of(t).movedim(from, to);
        }),
        Of("BroadcastTo", "shape", (a, x) =>
        {
            long[] shape = a.Sizes("shape");
            return t => x.Of(t).broadcast_to(shape);
        }),
        Of("Tile", "repeats", (a, x) =>
        {
            long[] repeats = a.Sizes("repeats");
            return t => x.Of(t).tile(repeats);
        }),
        Of("Repeat", "repeats, axis=None", Repeat),
        Of("Roll", "shift, axis=None", (a, x) =>
        {
            long[] shift = a.Sizes("shift");
            long[]? axes = a.Axes("axis");
            return t => axes is null ? x.Of(t).roll(shift[0], null)
                : x.Of(t).roll(shift.Length == axes.Length ? shift : [.. axes.Select(_ => shift[0])], axes);
        }),
        Of("Flip", "axis=None", (a, x) =>
        {
            long[]? axes = a.Axes("axis");
            return t => x.Of(t).flip(OperationDefinition.AllOr(axes, x.Of(t)));
        }),
        Of("Fliplr", "", (_, x) => t => x.Of(t).flip([1])),
        Of("Flipud", "", (_, x) => t => x.Of(t).flip([0])),
        new("numpy", "Rot90", "k=1, axes=(0, 1)", "array", a =>
        {
            OperationSource x = a.Tensor("array");
            long times = a.Long("k");
            long[] axes = a.Sizes("axes", 2);
            return t => [x.Of(t).rot90(times, (axes[0], axes[1]))];
        }),
        new("numpy", "Pad", "pad_width, mode='constant'", "x, constant_values=None", Pad),
        Of("Diagonal", "offset=0, axis1=0, axis2=1", (a, x) =>
        {
            long offset = a.Long("offset");
            long one = a.Long("axis1");
            long other = a.Long("axis2");
            return t => x.Of(t).diagonal(offset, one, other);
        }),
        Of("Trace", "offset=0, axis1=0, axis2=1", (a, x) =>
        {
            long offset = a.Long("offset");
            long one = a.Long("axis1");
            long other = a.Long("axis2");
            return t => ReductionOperations.Sum(x.Of(t).diagonal(offset, one, other), [x.Of(t).dim() - 2], keep: false);
        }),
        Of("Diag", "k=0", (a, x) =>
        {
            long k = a.Long("k");
            return t => x.Of(t).diag(k);
        }),
        Of("Diagflat", "k=0", (a, x) =>
        {
            long k = a.Long("k");
            return t => x.Of(t).reshape(-1).diag(k);
        }),
        Of("Vander", "N=None, increasing=False", (a, x) =>
        {
            long? columns = a.OptionalLong("N");
            bool rising = a.Bool("increasing");
            return t => x.Of(t).vander(columns ?? x.Of(t).shape[0], rising);
        }),
        Of("Tril", "k=0", (a, x) =>
        {
            long k = a.Long("k");
            return t => x.Of(t).tril(k);
        }),
        Of("Triu", "k=0", (a, x) =>
        {
            long k = a.Long("k");
            return t => x.Of(t).triu(k);
        }),
        new("einops", "Rearrange", "", "tensor, pattern, **axes_lengths", a =>
        {
            OperationSource x = a.Tensor("tensor");
            var pattern = RearrangePattern.Parse(a.String("pattern"),
                a.Others.Where(o => o.Value is Operand.Plain).ToDictionary(o => o.Key, o => a.Long(o.Key), StringComparer.Ordinal));
            return t => [pattern.Apply(x.Of(t))];
        }),
    ];

    /// <summary>Inserts axes of size 1 at the given positions in the result.</summary>
    public static Tensor Expanded(Tensor x, long[] axes)
    {
        long rank = x.dim() + axes.Length;
        foreach (long axis in axes.Select(axis => axis < 0 ? axis + rank : axis).Order())
        {
            x = x.unsqueeze(axis);
        }

        return x;
    }

    private static Tensor Squeezed(Tensor x, long[]? axes)
    {
        if (axes is null)
        {
            return x.squeeze();
        }

        foreach (long axis in OperationDefinition.AllOr(axes, x).OrderDescending())
        {
            if (x.shape[axis] != 1)
            {
                throw new ArgumentException($"axis {axis} of {(Shape)x.shape} is not of size 1, so it can't be removed");
            }

            x = x.squeeze(axis);
        }

        return x;
    }

    private static Func<Tensor[], Tensor> Repeat(OperationArguments a, OperationSource x)
    {
        long[] repeats = a.Sizes("repeats");
        long? axis = a.OptionalLong("axis");
        return t =>
        {
            Tensor given = axis is null ? x.Of(t).reshape(-1) : x.Of(t);
            long along = axis ?? 0;
            if (repeats is not [var times])
            {
                return given.index_select(along,
                    tensor(repeats.SelectMany((count, i) => Enumerable.Repeat((long)i, (int)count)).ToArray(), device: given.device));
            }

            along = along < 0 ? along + given.dim() : along;
            long[] shape = given.shape;
            long[] wide = [.. shape[..(int)(along + 1)], times, .. shape[(int)(along + 1)..]];
            shape[along] *= times;
            return given.unsqueeze(along + 1).expand(wide).reshape(shape);
        };
    }

    private static Func<Tensor[], Tensor[]> Pad(OperationArguments a)
    {
        OperationSource x = a.Tensor("x");
        string mode = a.Choice("mode", "constant", "reflect", "symmetric", "edge");
        double value = a.OptionalDouble("constant_values") ?? 0;
        Tensor widths = a.Tensor("pad_width").Of([]).to_type(ScalarType.Int64);
        long[] flat = [.. widths.data<long>()];
        return t =>
        {
            Tensor given = x.Of(t);
            (long Before, long After)[] margins = [.. Enumerable.Range(0, (int)given.dim()).Select(axis => flat.Length switch
            {
                1 => (flat[0], flat[0]),
                2 => (flat[0], flat[1]),
                _ => (flat[2 * axis], flat[(2 * axis) + 1]),
            })];
            return [Padded(given, margins, mode, value)];
        };
    }

    /// <summary>Pads a tensor with a constant, its reflection with or without the edge, or its edge.</summary>
    public static Tensor Padded(Tensor x, (long Before, long After)[] margins, string mode, double value)
    {
        if (mode == "constant")
        {
            return nn.functional.pad(x, [.. margins.Reverse().SelectMany(margin => new[] { margin.Before, margin.After })],
                PaddingModes.Constant, value);
        }

        for (int axis = 0; axis < margins.Length; axis++)
        {
            (long before, long after) = margins[axis];
            if (before == 0 && after == 0)
            {
                continue;
            }

            long size = x.shape[axis];
            long[] places = [.. Enumerable.Range(0, (int)(before + size + after)).Select(i => Mirrored(i - before, size, mode))];
            x = x.index_select(axis, tensor(places, device: x.device_type == DeviceType.META ? CPU : x.device));
        }

        return x;
    }

    private static long Mirrored(long place, long size, string mode)
    {
        if (mode == "edge")
        {
            return Math.Clamp(place, 0, size - 1);
        }

        long period = mode == "reflect" ? Math.Max(1, 2 * (size - 1)) : 2 * size;
        long inside = ((place % period) + period) % period;
        return inside < size ? inside : mode == "reflect" ? period - inside : period - 1 - inside;
    }

    private static OperationDefinition Of(string className, string settings,
        Func<OperationArguments, OperationSource, Func<Tensor[], Tensor>> bind) =>
        new("numpy", className, settings, "x", a =>
        {
            Func<Tensor[], Tensor> function = bind(a, a.Tensor("x"));
            return t => [function(t)];
        });
}
