using static TorchSharp.torch;

namespace Cairn.Layers;

// Masks mark the valid positions of a sequence. They are kept next to the tensors, in the context of the call.
public abstract partial class Layer
{
    private bool hasWarnedOfMask;

    /// <summary>
    /// Whether the layer passes masks on or handles them itself; false by default. A layer that does not drops the mask, as in Keras.
    /// Keras: <c>supports_masking</c>.
    /// </summary>
    public virtual bool SupportsMasking => false;

    /// <summary>Whether the layer creates a mask if its input has none.</summary>
    private protected virtual bool MakesMasks => false;

    /// <summary>Whether the layer or one of its sublayers creates a mask if its input has none.</summary>
    internal bool GivesMasks => MakesMasks || Parts.Any(part => part.GivesMasks);

    /// <summary>Computes the mask of the output; the mask of the input by default. Keras: <c>compute_mask</c>.</summary>
    /// <param name="x">The input.</param>
    /// <param name="mask">The input's mask, <c>[batch, steps]</c>, true at unmasked positions; null for no mask.</param>
    /// <returns>The output's mask, or null for no mask.</returns>
    protected virtual Tensor? ComputeMask(Tensor x, Tensor? mask) => mask;

    /// <summary>Sets the masks of the outputs; by default the first output gets the mask of the first input, as in Keras.</summary>
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

    /// <summary>The warning, given once, when the layer gets a mask and does not pass it on; null if later layers lose nothing.</summary>
    private protected virtual string? LossOfMask =>
        $"Layer '{Name}' (of type {ClassName}) was passed an input with a mask attached to it. However, this layer does not "
        + "support masking "
        + "and will therefore destroy the mask information. Downstream layers will not see the mask.";
}
