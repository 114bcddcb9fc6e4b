using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Maps integers, such as identifiers, to vocabulary indices, or back. Keras: <c>layers.IntegerLookup</c>.</summary>
/// <remarks>
/// Input: integers of any shape, from an <see cref="Input"/> with <c>dtype: "int64"</c>; output: indices of that shape, or encoded as in
/// <see cref="CategoryEncoding"/>, as float32 (int64 from the inverse layer). The vocabulary is given, or built by <c>Adapt</c>.
/// </remarks>
public sealed class IntegerLookup : IndexLookup<long>
{
    private readonly long? maskToken;
    private readonly string oovMethod;

    /// <summary>Creates the layer.</summary>
    /// <param name="maxTokens">Maximum size of the vocabulary, including mask and OOV tokens; null (default) for no limit.</param>
    /// <param name="numOovIndices">Number of indices for unknown integers; 1 by default. With 0, unknown integers are an error.</param>
    /// <param name="maskToken">The mask token: index 0 with <c>"int"</c>, not counted otherwise; none by default.</param>
    /// <param name="oovToken">The token returned for unknown indices with <paramref name="invert"/>; -1 by default.</param>
    /// <param name="vocabulary">The integers, with or without leading mask and OOV tokens; null (default) to use <c>Adapt</c>.</param>
    /// <param name="vocabularyDtype"><c>"int64"</c>, the only supported type, as in Keras.</param>
    /// <param name="idfWeights">The IDF weight of each token, for <c>"tf_idf"</c>.</param>
    /// <param name="invert">Whether to map indices back to tokens; false by default.</param>
    /// <param name="outputMode"><c>"int"</c> (default), <c>"one_hot"</c>, <c>"multi_hot"</c>, <c>"count"</c> or <c>"tf_idf"</c> (counts
    /// times IDF weights).</param>
    /// <param name="padToMaxTokens">Whether encodings have <paramref name="maxTokens"/> elements even if the vocabulary is smaller; false
    /// by default.</param>
    /// <param name="oovMethod">How to choose among several OOV indices: by the remainder, <c>"floormod"</c> (default), or by
    /// <c>"farmhash"</c>.</param>
    /// <param name="salt">Two numbers that select SipHash with this salt, with <c>"farmhash"</c>; none by default.</param>
    /// <param name="name">Unique name, or null for <c>integer_lookup</c>, <c>integer_lookup_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or the arguments can't be combined.</exception>
    public IntegerLookup(
        int? maxTokens = null,
        int numOovIndices = 1,
        long? maskToken = null,
        long oovToken = -1,
        IReadOnlyList<long>? vocabulary = null,
        string vocabularyDtype = "int64",
        NDArray? idfWeights = null,
        bool invert = false,
        string outputMode = "int",
        bool padToMaxTokens = false,
        string oovMethod = "floormod",
        (long First, long Second)? salt = null,
        string? name = null)
        : this(
            LookupSettings.Create(maxTokens, numOovIndices, maskToken is not null, outputMode, padToMaxTokens, invert),
            maskToken, oovToken, vocabulary, idfWeights?.ToArray(), null, new HashBuckets(salt), oovMethod, name)
    {
        if (vocabularyDtype != "int64")
        {
            throw new ArgumentException($"vocabularyDtype must be 'int64'; got '{vocabularyDtype}'.", nameof(vocabularyDtype));
        }
    }

    private IntegerLookup(
        LookupSettings settings, long? maskToken, long oovToken, IReadOnlyList<long>? vocabulary, float[]? idfWeights, long? savedSize,
        HashBuckets buckets,
        string oovMethod, string? name)
        : base(settings, maskToken ?? 0, oovToken, vocabulary, idfWeights, savedSize, buckets, (a, b) => a.CompareTo(b), name)
    {
        if (oovMethod is not ("floormod" or "farmhash"))
        {
            throw new ArgumentException($"oovMethod must be 'floormod' or 'farmhash'; got '{oovMethod}'.", nameof(oovMethod));
        }

        if (buckets.Salt is not null && oovMethod != "farmhash")
        {
            throw new ArgumentException("salt needs oovMethod 'farmhash'.", nameof(oovMethod));
        }

        this.maskToken = maskToken;
        this.oovMethod = oovMethod;
    }

    internal static IntegerLookup FromConfig(ConfigReader config)
    {
        LookupSettings.RefuseSparse(config);
        long? mask = config.OptionalLong("mask_token");
        return new IntegerLookup(
            LookupSettings.Create(
                LookupSettings.OptionalInt(config, "max_tokens"), config.Int("num_oov_indices", 1), mask is not null,
                config.OptionalString("output_mode") ?? "int",
                config.Bool("pad_to_max_tokens", false), config.Bool("invert", false)),
            mask,
            config.Long("oov_token", -1),
            config.Has("vocabulary") ? [.. config.Doubles("vocabulary").Select(v => (long)v)] : null,
            LookupSettings.IdfWeights(config),
            LookupSettings.SavedSize(config),
            HashBuckets.Read(config),
            config.OptionalString("oov_method") ?? "floormod",
            config.OptionalString("name"));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        WriteRest(config, Table.Unknown, maskToken);
        config["vocabulary_dtype"] = "int64";
        config["oov_method"] = oovMethod;
        config["salt"] = Buckets.ToJson();
    }

    private protected override long[] TokensOf(Tensor x) => TextTable.NumbersOf(x);

    private protected override Tensor Tokens(Tensor x) =>
        tensor([.. TextTable.NumbersOf(x).Select(Table.TokenOf)], x.shape, ScalarType.Int64).to(x.device);

    private protected override long BucketOf(long token) => oovMethod == "floormod"
        ? ((token % Settings.NumOovIndices) + Settings.NumOovIndices) % Settings.NumOovIndices
        : Buckets.Of(Write(token), Settings.NumOovIndices);

    private protected override string Write(long token) => token.ToString(CultureInfo.InvariantCulture);

    private protected override JsonNode? WriteToken(long token) => JsonValue.Create(token);

    private protected override long Read(string token) =>
        long.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
        ? number
        : throw new ArgumentException($"'{token}' is not an integer.", nameof(token));

    private protected override long[] ArrayTokens(NDArray data)
    {
        using var numbers = data.ToTensor();
        return TextTable.NumbersOf(numbers);
    }
}
