using System.Text;
using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Hashes combinations of several features, strings or integers, into buckets. Keras: <c>layers.HashedCrossing</c>.</summary>
/// <remarks>
/// Inputs <c>[batch]</c> or <c>[batch, 1]</c>, two or more of the same shape; output of that shape, or <c>[batch, numBins]</c> for
/// <c>"one_hot"</c>, as float32. The hash is that of TensorFlow's <c>sparse.cross_hashed</c>.
/// </remarks>
public sealed class HashedCrossing : MultiInputLayer
{
    // The initial value of TensorFlow's hash of a combination.
    private const ulong Start = 0xDECAFCAFFE;

    private readonly string outputMode;

    /// <summary>Creates the layer.</summary>
    /// <param name="numBins">Number of buckets, 1 or more.</param>
    /// <param name="outputMode"><c>"int"</c> (default) or <c>"one_hot"</c>.</param>
    /// <param name="name">Unique name, or null for <c>hashed_crossing</c>, <c>hashed_crossing_1</c>, …</param>
    /// <exception cref="ArgumentException">The number of buckets is below 1, or the mode is unknown.</exception>
    public HashedCrossing(int numBins, string outputMode = "int", string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numBins, 1);
        if (outputMode is not ("int" or "one_hot"))
        {
            throw new ArgumentException($"outputMode must be 'int' or 'one_hot'; got '{outputMode}'.", nameof(outputMode));
        }

        NumBins = numBins;
        this.outputMode = outputMode;
    }

    /// <summary>Number of buckets.</summary>
    public int NumBins { get; }

    internal override bool TakesIdentifiers => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Shape first = inputShapes[0];
        if (inputShapes.Count < 2
            || inputShapes.Any(s => s.Rank is not (1 or 2) || (s.Rank == 2 && s[1] != 1) || !s.IsCompatibleWith(first)))
        {
            throw new ArgumentException(
                $"HashedCrossing '{Name}' takes two or more inputs of the same shape, (batch) or (batch, 1); got "
                + $"{Shape.Describe(inputShapes)}.", nameof(inputShapes));
        }

        return [outputMode == "int" ? first : [first[0], NumBins]];
    }

    internal static HashedCrossing FromConfig(ConfigReader config)
    {
        LookupSettings.RefuseSparse(config);
        return new HashedCrossing(config.Int("num_bins"), config.Choice("output_mode", "int", "int", "one_hot"),
            config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ulong[][] features = [.. inputs.Select(Features)];
        long[] found = new long[features[0].Length];
        for (int i = 0; i < found.Length; i++)
        {
            ulong hash = features.Aggregate(Start, (sum, feature) => FarmHash.Concatenate(sum, feature[i]));
            found[i] = (long)(hash % (ulong)NumBins);
        }

        Tensor numbers = tensor(found, inputs[0].shape, ScalarType.Int64).to(inputs[0].device);
        return [CategoricalEncoding.Encode(numbers, outputMode, NumBins)];
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Remove("trainable");
        config["dtype"] = outputMode == "int" ? "int64" : "float32";
        config["num_bins"] = NumBins;
        config["output_mode"] = outputMode;
        config["sparse"] = false;
    }

    private static ulong[] Features(Tensor x)
    {
        TextTable? table = null;
        return [.. TextTable.NumbersOf(x).Select(number => TextTable.TextOf(number, ref table) is { } text
            ? FarmHash.Fingerprint64(Encoding.UTF8.GetBytes(text))
            : (ulong)number)];
    }
}
