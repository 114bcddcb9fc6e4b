using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Concatenates its inputs along an axis. Keras: <c>layers.Concatenate</c>.</summary>
/// <remarks>
/// The shapes must agree in all other axes. The masks are concatenated too; an input without a mask counts as unmasked.
/// </remarks>
public sealed class Concatenate : MultiInputLayer
{
    private readonly int axis;

    /// <summary>Creates the layer.</summary>
    /// <param name="axis">The concatenation axis, batch axis included; negative values count from the end; -1 by default.</param>
    /// <param name="name">Unique name, or null for <c>concatenate</c>, <c>concatenate_1</c>, …</param>
    public Concatenate(int axis = -1, string? name = null)
        : base(name) => this.axis = axis;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Shape first = inputShapes[0];
        int place = axis < 0 ? axis + first.Rank : axis;
        if (place < 0 || place >= first.Rank)
        {
            throw Unfit(inputShapes, $"inputs with an axis {axis}");
        }

        long[] sizes = first.ToArray();
        foreach (Shape shape in inputShapes.Skip(1))
        {
            if (shape.Rank != first.Rank || !Without(shape, place).IsCompatibleWith(Without(first, place)))
            {
                throw Unfit(inputShapes, $"inputs whose shapes agree in all axes but axis {axis}");
            }

            sizes[place] = sizes[place] == Shape.None || shape[place] == Shape.None ? Shape.None : sizes[place] + shape[place];
        }

        return [sizes];
    }

    internal static Concatenate FromConfig(ConfigReader config) => new(config.Int("axis", -1), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context) => [cat(inputs, axis)];

    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
        Tensor?[] masks = Array.ConvertAll(inputs, context.MaskOf);
        if (masks.All(m => m is null))
        {
            return;
        }

        Tensor whole = cat([.. masks.Zip(inputs, OfWholeShape)], axis);

        // A position is unmasked if any of its elements is.
        context.SetMask(outputs[0], whole.dim() > 3 ? whole.flatten(2).any(-1) : whole.any(-1));
    }

    /// <summary>The axis.</summary>
    internal int Axis => axis;

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["axis"] = axis;

    private static Tensor OfWholeShape(Tensor? mask, Tensor x)
    {
        if (mask is null)
        {
            return ones_like(x, ScalarType.Bool);
        }

        while (mask.dim() < x.dim())
        {
            mask = mask.unsqueeze(-1);
        }

        return mask.expand(x.shape);
    }

    private static Shape Without(Shape shape, int place) => [.. shape[..place], .. shape[(place + 1)..]];

    private ArgumentException Unfit(IReadOnlyList<Shape> inputShapes, string expected) =>
        new($"{ClassName} '{Name}' takes {expected}; got {Shape.Describe(inputShapes)}.", nameof(inputShapes));
}
