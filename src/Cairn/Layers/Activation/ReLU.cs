using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Rectified linear unit: <c>x</c> above <c>threshold</c>, <c>negativeSlope · (x - threshold)</c> below it, at most
/// <c>maxValue</c>. Keras: <c>layers.ReLU</c>.
/// </summary>
public sealed class ReLU : Layer
{
    private readonly double? maxValue;
    private readonly double negativeSlope;
    private readonly double threshold;

    /// <summary>Creates a rectified linear unit.</summary>
    /// <param name="maxValue">Upper bound of the output, 0 or more; null (default) for none.</param>
    /// <param name="negativeSlope">Slope below the threshold, 0 or more; 0 by default.</param>
    /// <param name="threshold">Threshold of the linear part, 0 or more; 0 by default.</param>
    /// <param name="name">Unique name, or null for <c>re_lu</c>, <c>re_lu_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    public ReLU(double? maxValue = null, double negativeSlope = 0, double threshold = 0, string? name = null)
        : base(name)
    {
        if (maxValue is { } most)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(most, nameof(maxValue));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(negativeSlope);
        ArgumentOutOfRangeException.ThrowIfNegative(threshold);
        this.maxValue = maxValue;
        this.negativeSlope = negativeSlope;
        this.threshold = threshold;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal override PlannedFunction? Planned =>
        threshold == 0 && maxValue is null && negativeSlope == 0 ? new PlannedActivation(ActivationFunction.Relu) : null;

    internal static ReLU FromConfig(ConfigReader config) => new(
        config.OptionalDouble("max_value"), config.Double("negative_slope", 0), config.Double("threshold", 0),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (threshold == 0 && maxValue is null)
        {
            return negativeSlope == 0 ? x.relu() : x.leaky_relu(Held(negativeSlope));
        }

        // Keras' formula; equivalent formulas have other gradients at the threshold and the maximum.
        Tensor y = threshold != 0 ? where(x > Held(threshold), x, 0) : maxValue == 6 ? x.relu6() : x.relu();
        y = maxValue is { } most && !(threshold == 0 && most == 6) ? y.clamp(Held(0), Held(most)) : y;
        return negativeSlope == 0 ? y : y - (Held(threshold).Minus(x).relu() * Held(negativeSlope));
    }

    /// <summary>The parameters.</summary>
    internal (double? MaxValue, double NegativeSlope, double Threshold) Parameters => (maxValue, negativeSlope, threshold);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["max_value"] = maxValue;
        config["negative_slope"] = negativeSlope;
        config["threshold"] = threshold;
    }
}
