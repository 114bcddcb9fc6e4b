using System.Text.Json.Nodes;
using Cairn.Native;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Scales each sample to unit length along the given axes: <c>x / √max(Σx², 1e-24)</c>. Keras: <c>layers.UnitNormalization</c>.
/// </summary>
/// <param name="axis">The axes to normalize along, batch included; the last one (-1) by default.</param>
/// <param name="name">Unique name, or null for <c>unit_normalization</c>, …</param>
public sealed class UnitNormalization(Axes? axis = null, string? name = null) : Layer(name)
{
    private readonly Axes axis = axis is { Count: 0 }
        ? throw new ArgumentException("axis must contain at least one axis.", nameof(axis))
        : axis ?? -1;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        axis.Resolve(inputShape.Rank, $"{ClassName} '{Name}'");
        return inputShape;
    }

    internal static UnitNormalization FromConfig(ConfigReader config) => new(config.Axes("axis", -1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        x * AtLeast.Of(x.Squared().sum([.. axis.Select(a => (long)a)], keepdim: true), 1e-24).rsqrt();

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis.ToJson();
}
