using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary><c>x</c> where it is positive, <c>negativeSlope · x</c> elsewhere. Keras: <c>layers.LeakyReLU</c>.</summary>
public sealed class LeakyReLU : Layer
{
    private readonly double negativeSlope;

    /// <summary>Creates a leaky rectified linear unit.</summary>
    /// <param name="negativeSlope">Slope of the negative part, 0 or more; 0.3 by default, as in Keras 3.</param>
    /// <param name="name">Unique name, or null for <c>leaky_re_lu</c>, <c>leaky_re_lu_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The slope is negative.</exception>
    public LeakyReLU(double negativeSlope = 0.3, string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(negativeSlope);
        this.negativeSlope = negativeSlope;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static LeakyReLU FromConfig(ConfigReader config) =>
        new(config.Double("negative_slope", config.OptionalDouble("alpha") ?? 0.3), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.leaky_relu(Held(negativeSlope));

    /// <summary>The slope below zero.</summary>
    internal double NegativeSlope => negativeSlope;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["negative_slope"] = negativeSlope;
}
