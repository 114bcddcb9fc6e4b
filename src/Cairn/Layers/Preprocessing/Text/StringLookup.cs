using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Maps strings to vocabulary indices, or indices back to strings. Keras: <c>layers.StringLookup</c>.</summary>
/// <remarks>
/// Input: strings of any shape, from an <see cref="Input"/> with <c>dtype: "string"</c>; output: indices of that shape, or encoded as in
/// <see cref="CategoryEncoding"/>, as float32. The vocabulary is given, or built by <c>Adapt</c>.
/// </remarks>
public sealed class StringLookup : IndexLookup<string>
{
    private readonly string? maskToken;
    private readonly string encoding;

    // The strings behind the ids that the inverse layer returns; must live as long as the layer.
    private TextTable? texts;

    /// <summary>Creates the layer.</summary>
    /// <param name="maxTokens">Maximum size of the vocabulary, including mask and OOV tokens; null (default) for no limit.</param>
    /// <param name="numOovIndices">Number of indices for unknown strings; 1 by default. With 0, unknown strings are an error.</param>
    /// <param name="maskToken">The mask token: index 0 with <c>"int"</c>, not counted otherwise; none by default.</param>
    /// <param name="oovToken">The token returned for unknown indices with <paramref name="invert"/>; <c>[UNK]</c> by default.</param>
    /// <param name="vocabulary">The strings, with or without leading mask and OOV tokens; null (default) to use <c>Adapt</c>.</param>
    /// <param name="idfWeights">The IDF weight of each string, for <c>"tf_idf"</c>.</param>
    /// <param name="invert">Whether to map indices back to strings; false by default.</param>
    /// <param name="outputMode"><c>"int"</c> (default), <c>"one_hot"</c>, <c>"multi_hot"</c>, <c>"count"</c> or <c>"tf_idf"</c> (counts
    /// times IDF weights).</param>
    /// <param name="padToMaxTokens">Whether encodings have <paramref name="maxTokens"/> elements even if the vocabulary is smaller; false
    /// by default.</param>
    /// <param name="encoding">Kept for compatibility with Keras files; strings are Unicode here.</param>
    /// <param name="name">Unique name, or null for <c>string_lookup</c>, <c>string_lookup_1</c>, …</param>
    /// <param name="salt">Two numbers that select SipHash with this salt to choose among several OOV indices; none by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or the arguments can't be combined.</exception>
    public StringLookup(
        int? maxTokens = null,
        int numOovIndices = 1,
        string? maskToken = null,
        string oovToken = "[UNK]",
        IReadOnlyList<string>? vocabulary = null,
        NDArray? idfWeights = null,
        bool invert = false,
        string outputMode = "int",
        bool padToMaxTokens = false,
        string encoding = "utf-8",
        string? name = null,
        (long First, long Second)? salt = null)
        : this(
            LookupSettings.Create(maxTokens, numOovIndices, maskToken is not null, outputMode, padToMaxTokens, invert),
            maskToken, oovToken, vocabulary, idfWeights?.ToArray(), null, new HashBuckets(salt), encoding, name)
    {
    }

    private StringLookup(
        LookupSettings settings, string? maskToken, string oovToken, IReadOnlyList<string>? vocabulary, float[]? idfWeights,
        long? savedSize, HashBuckets buckets,
        string encoding, string? name)
        : base(settings, maskToken ?? "", oovToken, vocabulary, idfWeights, savedSize, buckets, TextOrder.Compare, name)
    {
        this.maskToken = maskToken;
        this.encoding = encoding;
    }

    internal static StringLookup FromConfig(ConfigReader config)
    {
        LookupSettings.RefuseSparse(config);
        string? mask = config.OptionalString("mask_token");
        return new StringLookup(
            LookupSettings.Create(
                LookupSettings.OptionalInt(config, "max_tokens"), config.Int("num_oov_indices", 1), mask is not null,
                config.OptionalString("output_mode") ?? "int",
                config.Bool("pad_to_max_tokens", false), config.Bool("invert", false)),
            mask,
            config.OptionalString("oov_token") ?? "[UNK]",
            config.Has("vocabulary") ? config.Strings("vocabulary") : null,
            LookupSettings.IdfWeights(config),
            LookupSettings.SavedSize(config),
            HashBuckets.Read(config),
            config.OptionalString("encoding") ?? "utf-8",
            config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        WriteRest(config, Table.Unknown, maskToken);
        config["oov_method"] = "floormod";
        config["salt"] = Buckets.ToJson();
        config["encoding"] = encoding;
    }

    private protected override string[] TokensOf(Tensor x) => TextTable.TextsOf(x, $"StringLookup '{Name}'");

    private protected override Tensor Tokens(Tensor x)
    {
        string[] found = [.. TextTable.NumbersOf(x).Select(Table.TokenOf)];
        texts = new TextTable(found);
        long[] numbers = new long[found.Length];
        texts.FillNumbers(numbers);
        return tensor(numbers, x.shape, ScalarType.Int64).to(x.device);
    }

    private protected override long BucketOf(string token) => Buckets.Of(token, Settings.NumOovIndices);

    private protected override string Write(string token) => token;

    private protected override JsonNode? WriteToken(string token) => JsonValue.Create(token);

    private protected override string Read(string token) => token;

    private protected override string[] ArrayTokens(NDArray data) => data.ToStrings();
}
