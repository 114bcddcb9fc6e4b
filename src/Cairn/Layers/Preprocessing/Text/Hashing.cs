using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Hashes strings or integers into buckets. Keras: <c>layers.Hashing</c>.</summary>
/// <remarks>
/// Input of any shape, output of that shape, or encoded as in <see cref="CategoryEncoding"/>, as float32. The hash is TensorFlow's:
/// FarmHash's Fingerprint64, or SipHash-2-4 with a salt, of the UTF-8 text or the decimal digits.
/// </remarks>
public sealed class Hashing : Layer
{
    private static readonly string[] Modes = ["int", "one_hot", "multi_hot", "count"];

    private readonly HashBuckets buckets;
    private readonly string? maskValue;
    private readonly bool maskIsText;
    private readonly string outputMode;

    /// <summary>Creates the layer.</summary>
    /// <param name="numBins">Number of buckets, 1 or more, including the one of the mask.</param>
    /// <param name="maskValue">A string (or the digits of a number) that maps to bucket 0, which is then reserved for it; none by
    /// default.</param>
    /// <param name="salt">Two numbers that select SipHash with this salt; none by default.</param>
    /// <param name="outputMode"><c>"int"</c> (default), <c>"one_hot"</c>, <c>"multi_hot"</c> or <c>"count"</c>.</param>
    /// <param name="name">Unique name, or null for <c>hashing</c>, <c>hashing_1</c>, …</param>
    /// <exception cref="ArgumentException">The number of buckets is below 1, or the mode is unknown.</exception>
    public Hashing(int numBins, string? maskValue = null, (long First, long Second)? salt = null, string outputMode = "int",
        string? name = null)
        : this(numBins, maskValue, maskIsText: true, new HashBuckets(salt), outputMode, name)
    {
    }

    private Hashing(int numBins, string? maskValue, bool maskIsText, HashBuckets buckets, string outputMode, string? name)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numBins, 1);
        if (!Modes.Contains(outputMode))
        {
            throw new ArgumentException($"outputMode '{outputMode}' is unknown. {NearestName.Hint(outputMode, Modes)}", nameof(outputMode));
        }

        NumBins = numBins;
        this.maskValue = maskValue;
        this.maskIsText = maskIsText;
        this.buckets = buckets;
        this.outputMode = outputMode;
    }

    /// <summary>Number of buckets.</summary>
    public int NumBins { get; }

    internal override bool TakesIdentifiers => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return CategoricalEncoding.OutputShape(inputShape, outputMode, NumBins);
    }

    internal static Hashing FromConfig(ConfigReader config)
    {
        LookupSettings.RefuseSparse(config);
        var mask = config.Node("mask_value") as JsonValue;
        bool isText = mask is null || mask.GetValueKind() == System.Text.Json.JsonValueKind.String;
        return new Hashing(
            config.Int("num_bins"),
            mask is null ? null : isText ? config.OptionalString("mask_value")
                : config.Long("mask_value").ToString(CultureInfo.InvariantCulture),
            isText,
            HashBuckets.Read(config),
            config.OptionalString("output_mode") ?? "int",
            config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        bool hasMask = maskValue is not null && NumBins > 1;
        long[] found = [.. HashedValues.TextsOf(x).Select(text => hasMask
            ? text == maskValue ? 0 : buckets.Of(text, NumBins - 1) + 1
            : buckets.Of(text, NumBins))];
        return CategoricalEncoding.Encode(tensor(found, x.shape, ScalarType.Int64).to(x.device), outputMode, NumBins);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (outputMode == "int")
        {
            config["dtype"] = KerasObject.Wrap("keras", "DTypePolicy", new JsonObject { ["name"] = "int64" });
        }

        config["num_bins"] = NumBins;
        config["salt"] = buckets.ToJson();
        config["mask_value"] = maskValue is null || maskIsText ? maskValue : long.Parse(maskValue, CultureInfo.InvariantCulture);
        config["output_mode"] = outputMode;
        config["sparse"] = false;
    }
}
