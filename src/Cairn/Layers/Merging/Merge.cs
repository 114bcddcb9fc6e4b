using System.ComponentModel;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>What the layers have in common that make one tensor of several, element by element.</summary>
/// <remarks>
/// Inputs <c>[batch, ...]</c> of the same shape, or of shapes that go together: an axis of size 1 is repeated, and one that is missing is put in
/// behind the batch. The output's mask is true where that of any input is; it has none where an input has none.
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
            merged = Broadcast(merged, shape) ?? throw Unfit(inputShapes, "inputs of shapes that agree or are 1");
        }

        return [merged];
    }

    /// <summary>Refuses a number of inputs that the layer can't take.</summary>
    private protected virtual void CheckCount(IReadOnlyList<Shape> inputShapes)
    {
    }

    /// <summary>Makes one tensor of several of the same number of axes.</summary>
    /// <param name="inputs">The tensors.</param>
    /// <param name="masks">Their masks with as many axes as they have, or null for all positions.</param>
    private protected abstract Tensor MergeAll(Tensor[] inputs, Tensor?[] masks);

    /// <inheritdoc/>
    protected sealed override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(context);
        long axes = inputs.Max(x => x.dim());
        bool alike = inputs.All(x => x.dim() == axes);

        // As in Keras, tensors that get axes put in lose their masks on the way.
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

    /// <summary>Merges pairwise; where one of a pair is masked the other counts alone. Keras: <c>_apply_merge_op_and_or_mask</c>.</summary>
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
        new($"{ClassName} '{Name}' takes {expected}; it was given {Shape.Describe(inputShapes)}.", nameof(inputShapes));

    /// <summary>A mask with axes of size 1 put behind its own.</summary>
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
