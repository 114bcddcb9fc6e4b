using System.Text.Json.Nodes;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Returns its input unchanged and adds a penalty on it, divided by the batch size, to the loss. Keras:
/// <c>layers.ActivityRegularization</c>.
/// </summary>
public sealed class ActivityRegularization : Layer
{
    private readonly double l1;
    private readonly double l2;

    /// <summary>Creates an activity regularization layer.</summary>
    /// <param name="l1">The L1 factor, of the absolute values; 0 by default.</param>
    /// <param name="l2">The L2 factor, of the squares; 0 by default.</param>
    /// <param name="name">Unique name, or null for <c>activity_regularization</c>, …</param>
    public ActivityRegularization(double l1 = 0, double l2 = 0, string? name = null)
        : base(name)
    {
        this.l1 = l1;
        this.l2 = l2;
        ActivityRegularizer = new L1L2(l1, l2);
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static ActivityRegularization FromConfig(ConfigReader config) =>
        new(config.Double("l1", 0), config.Double("l2", 0), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["l1"] = l1;
        config["l2"] = l2;
    }
}
