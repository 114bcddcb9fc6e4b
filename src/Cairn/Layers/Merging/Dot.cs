using System.Text.Json.Nodes;
using Cairn.Native;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Computes dot products of two inputs along one axis of each, sample by sample. Keras: <c>layers.Dot</c>.</summary>
/// <remarks>
/// The output has the axes of the first input, then those of the second, without the axes summed over: <c>[batch, 3, 5]</c> and
/// <c>[batch, 10, 3]</c> with <c>axes: [1, 2]</c> give <c>[batch, 5, 10]</c>; two vectors per sample give <c>[batch, 1]</c>. The output has
/// no mask.
/// </remarks>
public sealed class Dot : MultiInputLayer
{
    // ops.normalize of Keras 3.16: x / √max(Σx², epsilon²).
    private const double Epsilon = 1e-7;

    private readonly Axes axes;
    private readonly bool normalize;

    /// <summary>Creates the layer.</summary>
    /// <param name="axes">The axis to sum over, or one axis per input; negative values count from the end. The batch axis 0 is not
    /// allowed.</param>
    /// <param name="normalize">Whether to L2-normalize the vectors first, so that the output is the cosine similarity; false by
    /// default.</param>
    /// <param name="name">Unique name, or null for <c>dot</c>, <c>dot_1</c>, …</param>
    /// <exception cref="ArgumentException"><paramref name="axes"/> is not one or two axes, or contains the batch axis.</exception>
    public Dot(Axes axes, bool normalize = false, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(axes);
        if (axes.Count is not (1 or 2) || axes.Contains(0))
        {
            throw new ArgumentException($"Dot takes one or two axes, not the batch axis 0; got {axes}.", nameof(axes));
        }

        this.axes = axes;
        this.normalize = normalize;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (inputShapes is not [{ Rank: >= 2 } a, { Rank: >= 2 } b])
        {
            throw Unfit(inputShapes, "exactly 2 inputs with at least two axes");
        }

        if (a[0] != b[0] && a[0] != Shape.None && b[0] != Shape.None)
        {
            throw Unfit(inputShapes, "inputs with the same batch size");
        }

        (int ofA, int ofB) = (Place(0, a.Rank), Place(1, b.Rank));
        if (ofA < 1 || ofA >= a.Rank || ofB < 1 || ofB >= b.Rank)
        {
            throw Unfit(inputShapes, $"inputs with the axes {axes}, none of them the batch axis");
        }

        if (a[ofA] != b[ofB] && a[ofA] != Shape.None && b[ofB] != Shape.None)
        {
            throw Unfit(inputShapes, $"inputs with the same size along the axes {axes}");
        }

        long[] rest = [.. a[1..ofA], .. a[(ofA + 1)..], .. b[1..ofB], .. b[(ofB + 1)..]];
        return [[a[0], .. rest.Length == 0 ? [1] : rest]];
    }

    internal static Dot FromConfig(ConfigReader config)
    {
        if (!config.Has("axes"))
        {
            throw config.Error("axes", "expected one or two axes, found nothing");
        }

        return new Dot(config.Axes("axes", -1), config.Bool("normalize", false), config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        (Tensor a, Tensor b) = (inputs[0], inputs[1]);
        (int ofA, int ofB) = (Place(0, (int)a.dim()), Place(1, (int)b.dim()));
        if (normalize)
        {
            (a, b) = (Normalized(a, ofA), Normalized(b, ofB));
        }

        // As matrices [batch, rows, vector] and [batch, vector, columns].
        Tensor rows = a.movedim([ofA], [-1]);
        Tensor columns = b.movedim([ofB], [1]);
        (long[] ofRows, long[] ofColumns) = (rows.shape[1..^1], columns.shape[2..]);
        (long batch, long length) = (rows.shape[0], rows.shape[^1]);
        Tensor product = bmm(rows.reshape(batch, Count(ofRows), length), columns.reshape(batch, length, Count(ofColumns)));
        long[] rest = [.. ofRows, .. ofColumns];
        return [product.reshape([batch, .. rest.Length == 0 ? [1] : rest])];
    }

    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axes"] = axes.ToJson();
        config["normalize"] = normalize;
    }

    private static Tensor Normalized(Tensor x, long axis) =>
        x.mul(AtLeast.Of(x.Squared().sum(axis, keepdim: true), Epsilon * Epsilon).rsqrt());

    private static long Count(long[] sizes) => sizes.Aggregate(1L, (count, size) => count * size);

    private int Place(int input, int rank)
    {
        int axis = axes.Count == 2 ? axes[input] : axes[0];
        return axis < 0 ? axis + rank : axis;
    }

    private ArgumentException Unfit(IReadOnlyList<Shape> inputShapes, string expected) =>
        new($"{ClassName} '{Name}' takes {expected}; got {Shape.Describe(inputShapes)}.", nameof(inputShapes));
}
