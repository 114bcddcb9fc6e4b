using static TorchSharp.torch;

namespace Cairn.Layers;

// Masks say which positions of a sequence count. They travel beside the tensors, in the context of the call.
public abstract partial class Layer
{
    private bool hasWarnedOfMask;

    /// <summary>
    /// Whether the layer passes masks on (or knows what to do with them); false by default. Behind a layer that does not, every position
    /// counts, as in Keras. Keras: <c>supports_masking</c>.
    /// </summary>
    public virtual bool SupportsMasking => false;

    /// <summary>Whether the layer gives a mask where it was given none.</summary>
    private protected virtual bool MakesMasks => false;

    /// <summary>Whether the layer, or one that it is made of, gives a mask where it was given none.</summary>
    internal bool GivesMasks => MakesMasks || Parts.Any(part => part.GivesMasks);

    /// <summary>The mask of the output: that of the input by default. Keras: <c>compute_mask</c>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="mask">Its mask, <c>[batch, steps]</c>, true where a position counts; null for all.</param>
    /// <returns>The output's mask, or null where every position counts.</returns>
    protected virtual Tensor? ComputeMask(Tensor x, Tensor? mask) => mask;

    /// <summary>Gives the outputs their masks; the first output that of the first input by default, as in Keras.</summary>
    private protected virtual void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
        Tensor? mask = context.MaskOf(inputs[0]);
        if (mask is null && !MakesMasks)
        {
            return;
        }

        if (SupportsMasking)
        {
            context.SetMask(outputs[0], ComputeMask(inputs[0], mask));
            return;
        }

        if (ReferenceEquals(inputs[0], outputs[0]))
        {
            context.SetMask(outputs[0], null);
        }

        if (hasWarnedOfMask || LossOfMask is not { } warning)
        {
            return;
        }

        hasWarnedOfMask = true;
        context.Warn(warning);
    }

    /// <summary>What to tell, once, when the layer is given a mask and does not pass it on; null where that takes nothing from later layers.</summary>
    private protected virtual string? LossOfMask =>
        $"Layer '{Name}' (of type {ClassName}) was passed an input with a mask attached to it. However, this layer does not "
        + "support masking "
        + "and will therefore destroy the mask information. Downstream layers will not see the mask.";
}
