using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using Cairn.Training;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Normalizes features to mean 0 and variance 1: <c>(x - mean) / max(√variance, 1e-7)</c>. Keras: <c>layers.Normalization</c>.
/// </summary>
/// <remarks>
/// Mean and variance are given, or computed by <see cref="Adapt(NDArray)"/>. In the latter case they are non-trainable weights (with Keras'
/// unused <c>count</c>).
/// </remarks>
public sealed class Normalization : Layer
{
    private readonly Axes axis;
    private readonly NDArray? givenMean;
    private readonly NDArray? givenVariance;
    private readonly bool invert;
    private Variable? mean;
    private Variable? variance;

    /// <summary>Creates a normalization layer.</summary>
    /// <param name="axis">The axes that keep separate means and variances, batch included; the last one (-1) by default, <c>[]</c> for a
    /// single mean and variance.</param>
    /// <param name="mean">The means, with <paramref name="variance"/>; null (default) to use <see cref="Adapt(NDArray)"/>. Missing leading
    /// axes are broadcast.</param>
    /// <param name="variance">The variances, of the same shape.</param>
    /// <param name="invert">Whether to apply the inverse, <c>x · √variance + mean</c>; false by default.</param>
    /// <param name="name">Unique name, or null for <c>normalization</c>, …</param>
    /// <exception cref="ArgumentException">Only one of mean and variance is given, or their shapes are incompatible with each other or with
    /// the axes.</exception>
    public Normalization(Axes? axis = null, NDArray? mean = null, NDArray? variance = null, bool invert = false, string? name = null)
        : base(name)
    {
        this.axis = axis ?? Axes.Create([-1]);
        if (mean is null != variance is null)
        {
            throw new ArgumentException("mean and variance must be given together.", mean is null ? nameof(mean) : nameof(variance));
        }

        if (mean is not null && !mean.Shape.Equals(variance!.Shape))
        {
            throw new ArgumentException(
                $"mean and variance must have the same shape; got {mean.Shape} and {variance.Shape}.", nameof(variance));
        }

        if (mean is not null && mean.Shape.Rank > this.axis.Count)
        {
            throw new ArgumentException($"A mean of shape {mean.Shape} has more axes than the {this.axis.Count} of axis {this.axis}.",
                nameof(mean));
        }

        givenMean = mean;
        givenVariance = variance;
        this.invert = invert;
    }

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <summary>Computes the mean and variance of the data.</summary>
    /// <param name="data">All samples, batch axis first.</param>
    /// <exception cref="InvalidOperationException">Mean and variance were passed to the constructor.</exception>
    /// <exception cref="ArgumentException">The layer was built for a different shape.</exception>
    public void Adapt(NDArray data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Computes the mean and variance of data in batches.</summary>
    /// <param name="batches">The batches, at least one; each is read once.</param>
    /// <exception cref="InvalidOperationException">Mean and variance were passed to the constructor.</exception>
    /// <exception cref="ArgumentException">There is no batch, or a batch has a different shape than the layer was built for.</exception>
    public void Adapt(IEnumerable<NDArray> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        if (givenMean is not null)
        {
            throw new InvalidOperationException($"Normalization '{Name}' was created with mean and variance and can't be adapted.");
        }

        Native.LibTorch.EnsureLoaded();
        using IDisposable _ = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double count = 0;
        Tensor? totalMean = null;
        Tensor? totalVariance = null;
        foreach (NDArray batch in batches)
        {
            BuildFor(batch.Shape[1..].WithBatch(), new BuildContext(0));
            using DisposeScope step = NewDisposeScope();
            Tensor x = batch.ToTensor().to(ScalarType.Float64);
            long[] reduced = [.. Enumerable.Range(0, batch.Shape.Rank).Except(Kept(batch.Shape.Rank)).Select(a => (long)a)];
            Tensor mean = reduced.Length == 0 ? x : x.mean(reduced);
            Tensor variance = reduced.Length == 0 ? zeros_like(x) : x.var(reduced, unbiased: false);
            double size = reduced.Aggregate(1.0, (product, a) => product * batch.Shape[(int)a]);

            // Chan, Golub and LeVeque (1979): the variances within both parts, and between their means.
            double share = size / (count += size);
            if (totalMean is not null)
            {
                Tensor shift = mean - totalMean;
                variance = (totalVariance! * Held(1 - share)).Plus(variance * Held(share))
                    .Plus(shift.Squared() * Held(share * (1 - share)));
                mean = totalMean.Plus(shift * Held(share));
            }

            (totalMean, totalVariance) = (mean.MoveToOuterDisposeScope(), variance.MoveToOuterDisposeScope());
        }

        if (totalMean is null)
        {
            throw new ArgumentException("There is no batch to adapt to.", nameof(batches));
        }

        mean!.Stored.copy_(totalMean);
        variance!.Stored.copy_(totalVariance!);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

    internal static Normalization FromConfig(ConfigReader config)
    {
        Axes axis = config.HasKey("axis") ? Axes.Create(config.OptionalInts("axis") ?? []) : Axes.Create([-1]);
        return new Normalization(axis, Numbers(config, "mean"), Numbers(config, "variance"), config.Bool("invert", false),
            config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        int[] kept = Kept(inputShape.Rank);
        if (kept.Any(a => inputShape[a] == Shape.None))
        {
            throw UnfitInput(inputShape, $"inputs with known sizes along axis {axis}");
        }

        if (givenMean is not null)
        {
            for (int i = 1; i <= givenMean.Shape.Rank; i++)
            {
                if (givenMean.Shape[^i] != 1 && givenMean.Shape[^i] != inputShape[kept[^i]])
                {
                    throw UnfitInput(inputShape, $"inputs that match a mean of shape {givenMean.Shape}");
                }
            }

            return;
        }

        Shape sizes = [.. kept.Select(a => inputShape[a])];
        mean = AddWeight("mean", sizes, Initializer.Zeros, trainable: false);
        variance = AddWeight("variance", sizes, Initializer.Ones, trainable: false);
        AddWeight("count", [], Initializer.Zeros, trainable: false);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor shift = Spread(mean?.Value ?? givenMean!.ToTensor(), x);
        Tensor scale = Spread(variance?.Value ?? givenVariance!.ToTensor(), x).sqrt().clamp_min(Held(1e-7));
        Tensor numbers = x.is_floating_point() ? x : x.to(ScalarType.Float32);
        return invert ? shift.Plus(numbers * scale) : (numbers - shift) / scale;
    }

    /// <summary>The axes and the adapted weights; null for given or inverted ones.</summary>
    internal (Axes Axis, Variable Mean, Variable Variance)? Adapted => invert || mean is null ? null : (axis, mean, variance!);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["axis"] = new JsonArray([.. axis.Select(a => (JsonNode?)JsonValue.Create(a))]);
        config["invert"] = invert;
        config["mean"] = ToJson(givenMean);
        config["variance"] = ToJson(givenVariance);
    }

    private int[] Kept(int rank) => axis.Resolve(rank, $"{ClassName} '{Name}'");

    // The axes of the given values are the last of the kept axes.
    private Tensor Spread(Tensor numbers, Tensor x)
    {
        int[] kept = Kept((int)x.dim());
        long[] sizes = [.. Enumerable.Repeat(1L, (int)x.dim())];
        for (int i = 1; i <= numbers.dim(); i++)
        {
            sizes[kept[^i]] = numbers.shape[^i];
        }

        return numbers.to(x.is_floating_point() ? x.dtype : ScalarType.Float32).to(x.device).reshape(sizes);
    }

    private static NDArray? Numbers(ConfigReader config, string key)
    {
        if (!config.Has(key))
        {
            return null;
        }

        List<float> numbers = [];
        Shape shape = Collect(config.Node(key), numbers, config, key);
        return NDArray.From(numbers.ToArray(), shape);
    }

    private static Shape Collect(JsonNode? node, List<float> numbers, ConfigReader config, string key)
    {
        if (node is not JsonArray list)
        {
            if (node is not JsonValue value || value.GetValueKind() != System.Text.Json.JsonValueKind.Number)
            {
                throw config.Error(key, "expected numbers, in lists of equal length");
            }

            numbers.Add((float)value.GetValue<double>());
            return [];
        }

        Shape[] inner = [.. list.Select(item => Collect(item, numbers, config, key))];
        if (inner.Length == 0 || inner[0].Rank > 8 || inner.Any(s => !s.Equals(inner[0])))
        {
            throw config.Error(key, "expected numbers, in lists of equal length");
        }

        return [inner.Length, .. inner[0]];
    }

    private static JsonNode? ToJson(NDArray? array)
    {
        if (array is null)
        {
            return null;
        }

        using DisposeScope scope = NewDisposeScope();
        return ToJson(array.ToTensor().to(ScalarType.Float32));
    }

    private static JsonNode ToJson(Tensor numbers) => numbers.dim() == 0
        ? JsonValue.Create((double)numbers.item<float>())
        : new JsonArray([.. Enumerable.Range(0, (int)numbers.shape[0]).Select(i => (JsonNode?)ToJson(numbers[i]))]);
}
