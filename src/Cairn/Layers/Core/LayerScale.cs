using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Multiplies each feature by a learned factor (Touvron et al., 2021). Keras: <c>LayerScale</c> of <c>applications.convnext</c>.
/// </summary>
/// <remarks>Input and output <c>[batch, ..., projectionDim]</c>; the factors have the shape <c>[projectionDim]</c>.</remarks>
public sealed class LayerScale : Layer
{
    private readonly double initValues;
    private readonly int projectionDim;
    private Variable? gamma;

    /// <summary>Creates the layer.</summary>
    /// <param name="initValues">Initial value of the factors, for example 1e-6.</param>
    /// <param name="projectionDim">Number of features, 1 or more.</param>
    /// <param name="name">Unique name, or null for <c>layer_scale</c>, <c>layer_scale_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="projectionDim"/> is below 1.</exception>
    public LayerScale(double initValues, int projectionDim, string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(projectionDim, 1);
        this.initValues = initValues;
        this.projectionDim = projectionDim;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return inputShape.Rank > 1 && AgreeInLastAxis(inputShape, [projectionDim]) ? inputShape
            : throw UnfitInput(inputShape, $"inputs of {projectionDim} features");
    }

    private protected override string KerasModule => "keras.src.applications.convnext";

    internal static LayerScale FromConfig(ConfigReader config) =>
        new(config.Double("init_values"), config.Int("projection_dim"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape) => gamma = AddWeight("variable", [projectionDim], new Constant(initValues));

    private protected override bool CanTakeAgain(Shape earlier, Shape now) => AgreeInLastAxis(earlier, now);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x * gamma!.Value;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["init_values"] = initValues;
        config["projection_dim"] = projectionDim;
    }
}
