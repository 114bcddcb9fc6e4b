using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A layer for each step of a sequence, with the same weights for all. Keras: <c>layers.TimeDistributed</c>.</summary>
/// <remarks>
/// <para>Input <c>[batch, steps, ...]</c>, output <c>[batch, steps, ...]</c> as the layer gives them for <c>[batch, ...]</c>.</para>
/// <para>Steps are computed all at once as if they were samples. Where samples act on each other, as in a <see cref="BatchNormalization"/> that is
/// trained, or may do so, as in a layer of the user's, they are computed one after the other, as Keras does. A mask of three axes or more
/// reaches the layer step by step; one of steps alone does not concern it. As in Keras, the layer's price on its output is not paid.</para>
/// </remarks>
public sealed class TimeDistributed : Layer
{
    /// <summary>Makes a layer for each step.</summary>
    /// <param name="layer">The layer of one step, with one input and one output.</param>
    /// <param name="name">Unique name, or null for <c>time_distributed</c>, <c>time_distributed_1</c>, …</param>
    public TimeDistributed(Layer layer, string? name = null)
        : base(name) => Layer = AddSublayer(layer, "layer");

    /// <summary>The layer of one step.</summary>
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
        $"Layer '{Name}' (of type {ClassName}) does not pass the mask of its input on, as in Keras 3.16. Later layers will not "
        + "see the mask.";

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
        return inputShape.Rank >= 3 ? [inputShape[0], .. inputShape[2..]]
            : throw UnfitInput(inputShape, "inputs of shape (batch, steps, ...) with three axes or more");
    }
}
