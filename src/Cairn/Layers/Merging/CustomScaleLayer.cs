using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Adds the second input, multiplied by a factor, to the first. Keras: <c>CustomScaleLayer</c> of <c>applications.inception_resnet_v2</c>.
/// </summary>
/// <remarks>Takes two inputs of the same shape, which is also the shape of the output.</remarks>
/// <param name="scale">The factor.</param>
/// <param name="name">Unique name, or null for <c>custom_scale_layer</c>, <c>custom_scale_layer_1</c>, …</param>
public sealed class CustomScaleLayer(double scale, string? name = null) : MultiInputLayer(name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes is [var first, var second] && first.IsCompatibleWith(second)
            ? [first]
            : throw new ArgumentException(
                $"CustomScaleLayer '{Name}' takes two inputs of the same shape; got {Shape.Describe(inputShapes)}.", nameof(inputShapes));
    }

    private protected override string KerasModule => "keras.src.applications.inception_resnet_v2";

    internal static CustomScaleLayer FromConfig(ConfigReader config) => new(config.Double("scale"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return [inputs[0].Plus(inputs[1] * Held((float)scale))];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["scale"] = scale;
    }
}
