using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Applies an activation function. Keras: <c>layers.Activation</c>.</summary>
/// <param name="activation">The activation function, for example <c>"relu"</c>.</param>
/// <param name="name">Unique name, or null for <c>activation</c>, <c>activation_1</c>, …</param>
public sealed class Activation(ActivationFunction activation, string? name = null) : Layer(name)
{
    private readonly ActivationFunction activation = activation ?? throw new ArgumentNullException(nameof(activation));

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal override PlannedFunction? Planned => new PlannedActivation(activation);

    internal static Activation FromConfig(ConfigReader config) => new(LayerRegistry.Activation(config), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => activation.Apply(x);

    /// <summary>The function.</summary>
    internal ActivationFunction Function => activation;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["activation"] = activation.Serialize();
}
