using System.ComponentModel;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of layers that merge several tensors into one, element by element.</summary>
/// <remarks>
/// Inputs <c>[batch, ...]</c> of the same shape, or of broadcastable shapes: an axis of size 1 is repeated, and missing axes are inserted
/// after the batch. The output's mask is true where the mask of any input is true; there is no mask if an input has none.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Merge : MultiInputLayer
{
    private protected Merge(string? name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        CheckCount(inputShapes);
        Shape merged = inputShapes[0];
        foreach (Shape shape in inputShapes)
        {
            merged = Broadcast(merged, shape) ?? throw Unfit(inputShapes, "inputs with broadcastable shapes");
        }

        return [merged];
    }

    /// <summary>Throws if the layer can't take this number of inputs.</summary>
    private protected virtual void CheckCount(IReadOnlyList<Shape> inputShapes)
    {
    }

    /// <summary>Merges several tensors of the same rank into one.</summary>
    /// <param name="inputs">The tensors.</param>
    /// <param name="masks">Their masks, of the same rank, or null for no mask.</param>
    private protected abstract Tensor MergeAll(Tensor[] inputs, Tensor?[] masks);

    /// <inheritdoc/>
    protected sealed override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        long axes = inputs.Max(x => x.dim());
        bool alike = inputs.All(x => x.dim() == axes);

        // As in Keras, tensors lose their masks if axes are inserted.
        Tensor?[] masks = alike && context.HasMasks ? Array.ConvertAll(inputs, x => Widened(context.MaskOf(x), axes))
            : new Tensor?[inputs.Length];
        return [MergeAll(alike ? inputs : Array.ConvertAll(inputs, x => WithAxes(x, axes)), masks)];
    }

    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
        Tensor? any = context.MaskOf(inputs[0]);
        foreach (Tensor input in inputs[1..])
        {
            any = any is not null && context.MaskOf(input) is { } mask ? any.logical_or(mask) : null;
        }

        context.SetMask(outputs[0], any);
    }

    /// <summary>Merges pairwise; if one of a pair is masked, the result is the other. Keras: <c>_apply_merge_op_and_or_mask</c>.</summary>
    private protected static Tensor MergeUnmasked(Func<Tensor, Tensor, Tensor> pair, Tensor[] inputs, Tensor?[] masks)
    {
        Tensor merged = inputs[0];
        Tensor? mergedMask = masks[0];
        for (int i = 1; i < inputs.Length; i++)
        {
            Tensor x = masks[i] is { } mask ? where(mask, inputs[i], merged) : inputs[i];
            if (mergedMask is not null)
            {
                merged = where(mergedMask, merged, x);
            }

            mergedMask = masks[i] is { } other ? mergedMask?.logical_or(other) : null;
            merged = pair(merged, x);
        }

        return merged;
    }

    private protected ArgumentException Unfit(IReadOnlyList<Shape> inputShapes, string expected) =>
        new($"{ClassName} '{Name}' takes {expected}; got {Shape.Describe(inputShapes)}.", nameof(inputShapes));

    /// <summary>A mask extended by trailing axes of size 1.</summary>
    private protected static Tensor? Widened(Tensor? mask, long axes)
    {
        while (mask is not null && mask.dim() < axes)
        {
            mask = mask.unsqueeze(-1);
        }

        return mask;
    }

    private static Tensor WithAxes(Tensor x, long axes)
    {
        while (x.dim() < axes)
        {
            x = x.unsqueeze(1);
        }

        return x;
    }

    private static Shape? Broadcast(Shape a, Shape b)
    {
        if (a.Rank < b.Rank)
        {
            (a, b) = (b, a);
        }

        if (b.Rank == 0)
        {
            return a;
        }

        if (a[0] != b[0] && a[0] != Shape.None && b[0] != Shape.None)
        {
            return null;
        }

        long[] sizes = a.ToArray();
        sizes[0] = Math.Max(a[0], b[0]);
        for (int axis = 1; axis < b.Rank; axis++)
        {
            int place = a.Rank - b.Rank + axis;
            (long one, long other) = (a[place], b[axis]);
            if (one == Shape.None || other == Shape.None)
            {
                sizes[place] = Shape.None;
            }
            else if (one != other && one != 1 && other != 1)
            {
                return null;
            }
            else
            {
                sizes[place] = one == 1 ? other : one;
            }
        }

        return sizes;
    }
}
