using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// <c>x</c> where it is positive, <c>alpha · x</c> elsewhere, with a learned alpha. Keras: <c>layers.PReLU</c> (He et al., 2015).
/// </summary>
/// <remarks>The weight alpha has the input's shape without the batch axis, with size 1 along the shared axes.</remarks>
public sealed class PReLU : Layer
{
    private readonly Initializer alphaInitializer;
    private readonly Regularizer? alphaRegularizer;
    private readonly Constraint? alphaConstraint;
    private readonly Axes? sharedAxes;
    private Variable? alpha;

    /// <summary>Creates a rectified linear unit with a learned slope.</summary>
    /// <param name="alphaInitializer">Initializer of the slopes; <c>zeros</c> by default.</param>
    /// <param name="alphaRegularizer">Regularizer of the slopes; none by default.</param>
    /// <param name="alphaConstraint">Constraint on the slopes, applied after each step; none by default.</param>
    /// <param name="sharedAxes">Axes along which all elements share a slope, numbered from 1 without the batch axis; none by
    /// default.</param>
    /// <param name="name">Unique name, or null for <c>p_re_lu</c>, <c>p_re_lu_1</c>, …</param>
    /// <exception cref="ArgumentException">A shared axis is below 1.</exception>
    public PReLU(
        Initializer? alphaInitializer = null,
        Regularizer? alphaRegularizer = null,
        Constraint? alphaConstraint = null,
        Axes? sharedAxes = null,
        string? name = null)
        : base(name)
    {
        if (sharedAxes?.Any(a => a < 1) == true)
        {
            throw new ArgumentException($"sharedAxes are numbered from 1, without the batch axis; got {sharedAxes}.", nameof(sharedAxes));
        }

        this.alphaInitializer = alphaInitializer ?? Initializer.Zeros;
        this.alphaRegularizer = alphaRegularizer;
        this.alphaConstraint = alphaConstraint;

        // Keras stores a single axis as a list too.
        this.sharedAxes = sharedAxes is null ? null : [.. sharedAxes];
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static PReLU FromConfig(ConfigReader config) => new(
        LayerRegistry.Initializer(config, "alpha_initializer", "zeros"),
        LayerRegistry.Regularizer(config, "alpha_regularizer"),
        LayerRegistry.Constraint(config, "alpha_constraint"),
        config.Has("shared_axes") ? config.Axes("shared_axes", 1) : null,
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (sharedAxes?.FirstOrDefault(a => a >= inputShape.Rank) is { } beyond and not 0)
        {
            throw UnfitInput(inputShape, $"inputs that have axis {beyond} of its sharedAxes");
        }

        Shape sizes = [.. inputShape[1..].Select((size, i) => sharedAxes?.Contains(i + 1) == true ? 1 : size)];
        if (!sizes.IsFullyKnown)
        {
            throw UnfitInput(inputShape, "inputs with known sizes along all axes but the batch and its sharedAxes");
        }

        alpha = AddWeight("alpha", sizes, alphaInitializer, regularizer: alphaRegularizer, constraint: alphaConstraint);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.relu() - (alpha!.Value * x.neg().relu());

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["alpha_initializer"] = alphaInitializer.Serialize();
        config["alpha_regularizer"] = alphaRegularizer?.Serialize();
        config["alpha_constraint"] = alphaConstraint?.Serialize();
        config["shared_axes"] = sharedAxes?.ToJson();
    }
}
