using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Masks the steps in which every feature equals a given value: they become zero, and later layers that support masking skip them. Keras:
/// <c>layers.Masking</c>.
/// </summary>
/// <param name="maskValue">The value; 0 by default.</param>
/// <param name="name">Unique name, or null for <c>masking</c>, <c>masking_1</c>, …</param>
/// <remarks>Input and output <c>[batch, steps, features]</c>; the mask is <c>[batch, steps]</c>.</remarks>
public sealed class Masking(double maskValue = 0, string? name = null) : Layer(name)
{
    /// <summary>The value that marks a step as masked.</summary>
    public double MaskValue { get; } = maskValue;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        inputShape.Rank >= 2 ? inputShape : throw UnfitInput(inputShape, "inputs with a features axis");

    internal static Masking FromConfig(ConfigReader config) =>
        new(config.OptionalDoubles("mask_value") is [var value] ? value : 0, config.OptionalString("name"));

    private protected override bool MakesMasks => true;

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Tensor x, Tensor? mask) => x.ne(Held((float)MaskValue)).any(-1);

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        x.masked_fill(x.eq(Held((float)MaskValue)).all(-1, keepdim: true), Held(0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["mask_value"] = MaskValue;
}
