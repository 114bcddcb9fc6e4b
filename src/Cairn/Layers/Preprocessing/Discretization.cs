using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Assigns values to bins: the bin of x is the number of boundaries that are at most x. Keras: <c>layers.Discretization</c>.
/// </summary>
/// <remarks>
/// The boundaries are given, or are quantiles of the data passed to <see cref="Adapt(NDArray, int?)"/>. The output is float32.
/// </remarks>
public sealed class Discretization : Layer
{
    private readonly int? numBins;
    private readonly double epsilon;
    private readonly string outputMode;
    private double[]? binBoundaries;

    /// <summary>Creates a layer.</summary>
    /// <param name="binBoundaries">Boundaries between the bins, in increasing order; null, with <paramref name="numBins"/>, to use
    /// <see cref="Adapt(NDArray, int?)"/>.</param>
    /// <param name="numBins">Number of bins to find; null if the boundaries are given.</param>
    /// <param name="epsilon">Error tolerance of the quantiles, as a fraction of the data; 0.01 by default.</param>
    /// <param name="outputMode"><c>"int"</c> (default): the bin; or <c>"one_hot"</c>, <c>"multi_hot"</c>, <c>"count"</c> as in
    /// <see cref="CategoryEncoding"/>.</param>
    /// <param name="name">Unique name, or null for <c>discretization</c>, …</param>
    /// <exception cref="ArgumentException">Both or neither of the boundaries and the number of bins are given, the boundaries do not
    /// increase, or an argument is out of range.</exception>
    public Discretization(IReadOnlyList<double>? binBoundaries = null, int? numBins = null, double epsilon = 0.01,
        string outputMode = "int", string? name = null)
        : base(name)
    {
        if (binBoundaries is null == numBins is null)
        {
            throw new ArgumentException("Specify either binBoundaries or numBins.", nameof(binBoundaries));
        }

        if (numBins is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(numBins));
        }

        if (!(epsilon > 0 && epsilon <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be above 0 and at most 1.");
        }

        if (outputMode is not ("int" or "one_hot" or "multi_hot" or "count"))
        {
            throw new ArgumentException(
                $"outputMode must be 'int', 'one_hot', 'multi_hot' or 'count'; got '{outputMode}'.", nameof(outputMode));
        }

        this.binBoundaries = binBoundaries is null ? null : Rising([.. binBoundaries]);
        this.numBins = numBins;
        this.epsilon = epsilon;
        this.outputMode = outputMode;
    }

    /// <summary>The boundaries between the bins; null before Adapt.</summary>
    public IReadOnlyList<double>? BinBoundaries => binBoundaries;

    /// <summary>Finds the boundaries as quantiles of data.</summary>
    /// <param name="data">Values of any shape.</param>
    /// <param name="steps">Ignored for data in one array.</param>
    /// <exception cref="InvalidOperationException">The boundaries were passed to the constructor.</exception>
    public void Adapt(NDArray data, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Finds the boundaries as quantiles of data in batches.</summary>
    /// <param name="batches">The batches; each is read once, and only a summary is kept.</param>
    /// <param name="steps">Number of batches to read; all by default.</param>
    /// <exception cref="InvalidOperationException">The boundaries were passed to the constructor.</exception>
    public void Adapt(IEnumerable<NDArray> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        if (numBins is not { } bins)
        {
            throw new InvalidOperationException(
                $"Discretization '{Name}' was created with binBoundaries and can't be adapted. Use numBins instead.");
        }

        QuantileSummary summary = QuantileSummary.Empty;
        foreach (NDArray batch in steps is { } most ? batches.Take(most) : batches)
        {
            summary = QuantileSummary.Of(batch.ToArray(), epsilon).Merge(summary, epsilon);
        }

        binBoundaries = summary.Boundaries(bins);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) =>
        CategoricalEncoding.OutputShape(inputShape, outputMode, binBoundaries is null ? numBins!.Value : binBoundaries.Length + 1);

    internal static Discretization FromConfig(ConfigReader config)
    {
        if (config.Bool("sparse", false))
        {
            throw config.Error("sparse", "sparse tensors are not supported");
        }

        double[]? boundaries = config.OptionalDoubles("bin_boundaries");
        int? bins = config.Has("num_bins") ? config.Int("num_bins") : null;
        var layer = new Discretization(
            bins is null ? boundaries : null,
            bins,
            config.Double("epsilon", 0.01),
            config.Choice("output_mode", "int", "int", "one_hot", "multi_hot", "count"),
            config.OptionalString("name"));

        // An adapted layer has both.
        if (bins is not null && boundaries is not null)
        {
            layer.binBoundaries = Rising(boundaries);
        }

        return layer;
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (binBoundaries is null)
        {
            throw new InvalidOperationException($"Discretization '{Name}' has no boundaries yet; call Adapt, or pass binBoundaries.");
        }

        Tensor numbers = x.is_floating_point() ? x : x.to(ScalarType.Float32);
        Tensor boundaries = tensor(binBoundaries, ScalarType.Float64).to(numbers.dtype).to(x.device);
        Tensor bins = bucketize(numbers.detach().contiguous(), boundaries, right: true);
        return CategoricalEncoding.Encode(bins, outputMode, binBoundaries.Length + 1);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        // Keras writes only these keys, the type as a plain string and the name last.
        config.Remove("trainable");
        config["dtype"] = "float32";
        config["bin_boundaries"] = binBoundaries is null ? null
            : new JsonArray([.. binBoundaries.Select(b => (JsonNode?)JsonValue.Create(b))]);
        config["num_bins"] = numBins;
        config["epsilon"] = epsilon;
        config["output_mode"] = outputMode;
        config["sparse"] = false;
    }

    private static double[] Rising(double[] boundaries) => boundaries.Zip(boundaries.Skip(1)).All(pair => pair.First <= pair.Second)
        ? boundaries
        : throw new ArgumentException(
            $"Boundaries must be in increasing order; got [{string.Join(", ", boundaries)}].", nameof(boundaries));
}
