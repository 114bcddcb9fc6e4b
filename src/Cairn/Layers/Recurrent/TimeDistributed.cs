using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Applies a layer to each step of a sequence, with shared weights. Keras: <c>layers.TimeDistributed</c>.</summary>
/// <remarks>
/// <para>Input <c>[batch, steps, ...]</c>, output <c>[batch, steps, ...]</c> as computed by the layer from <c>[batch, ...]</c>.</para>
/// <para>All steps are computed at once, as if they were samples. If samples affect each other, as in the training of a
/// <see cref="BatchNormalization"/>, or may do so, as in a user-defined layer, steps are computed one after the other, as in Keras. A mask
/// with three or more axes is passed to the layer step by step; a mask over steps only is not passed. As in Keras, the layer's activity
/// regularizer is ignored.</para>
/// </remarks>
public sealed class TimeDistributed : Layer
{
    /// <summary>Creates the wrapper.</summary>
    /// <param name="layer">The layer to apply to each step, with one input and one output.</param>
    /// <param name="name">Unique name, or null for <c>time_distributed</c>, <c>time_distributed_1</c>, …</param>
    public TimeDistributed(Layer layer, string? name = null)
        : base(name) => Layer = AddSublayer(layer, "layer");

    /// <summary>The layer applied to each step.</summary>
    public Layer Layer { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        Shape step = Layer.ComputeOutputShape(StepShape(inputShape));
        return [step[0], inputShape[1], .. step[1..]];
    }

    internal static TimeDistributed FromConfig(ConfigReader config) =>
        new(LayerRegistry.Deserialize(config.Node("layer"), $"{config.Place}/layer"), config.OptionalString("name"));

    private protected override string? LossOfMask =>
        $"Layer '{Name}' (of type {ClassName}) does not pass on the mask of its input, as in Keras 3.16. Later layers will not see the "
        + "mask.";

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => BuildSublayer(Layer, StepShape(inputShape));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor? mask = context.MaskOf(x) is { } given && given.dim() > 2 ? given : null;
        if (Layer.MixesSamples(context))
        {
            return stack(Enumerable.Range(0, (int)x.shape[1]).Select(t => OneStep(x.select(1, t), mask?.select(1, t), context)), 1);
        }

        long[] both = x.shape[..2];
        Tensor y = OneStep(x.flatten(0, 1), mask?.flatten(0, 1), context);
        return y.reshape([.. both, .. y.shape[1..]]);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["layer"] = Layer.Serialize();

    private Tensor OneStep(Tensor x, Tensor? mask, CallContext context)
    {
        context.SetMask(x, mask);
        return Layer.CallAlone(x, context);
    }

    private Shape StepShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank >= 3
            ? [inputShape[0], .. inputShape[2..]]
            : throw UnfitInput(inputShape, "inputs of shape (batch, steps, ...) with at least three axes");
    }
}
