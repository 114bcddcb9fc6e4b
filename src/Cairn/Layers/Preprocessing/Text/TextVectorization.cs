using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Maps texts to sequences of word indices. Keras: <c>layers.TextVectorization</c>.</summary>
/// <remarks>
/// Input: strings <c>[batch]</c> or <c>[batch, 1]</c>, from an <see cref="Input"/> with <c>dtype: "string"</c>; output
/// <c>[batch, outputSequenceLength]</c> (by default the length of the longest text of the batch), padded with 0, or one encoding per text,
/// <c>[batch, tokens]</c>, as float32. With <c>"int"</c>, 0 is padding and 1 stands for unknown words.
/// </remarks>
public sealed class TextVectorization : Layer, IKeepsVocabulary
{
    private static readonly string[] Standardizations = ["lower_and_strip_punctuation", "lower", "strip_punctuation"];
    private static readonly string[] Splits = ["whitespace", "character"];

    // Limits how much a file with weights for only a few words may pad an encoding.
    private const int MostPadding = 1 << 22;

    private readonly LookupSettings settings;
    private readonly TokenTable<string> table;
    private readonly string? standardize;
    private readonly string? split;
    private readonly int[]? ngrams;
    private readonly bool ngramsAreUpTo;
    private readonly int? outputSequenceLength;
    private readonly IReadOnlyList<string>? given;
    private readonly float[]? givenWeights;
    private readonly string encoding;
    private Variable? idf;

    /// <summary>Creates the layer.</summary>
    /// <param name="maxTokens">Maximum size of the vocabulary, including padding and OOV tokens; null (default) for no limit.</param>
    /// <param name="standardize">
    /// <c>"lower_and_strip_punctuation"</c> (default), <c>"lower"</c>, <c>"strip_punctuation"</c> or null. As in TensorFlow, only ASCII
    /// characters are changed.
    /// </param>
    /// <param name="split"><c>"whitespace"</c> (default), <c>"character"</c> or null for whole texts.</param>
    /// <param name="ngrams">If n, sequences of up to n words are tokens too; null (default) for single words.</param>
    /// <param name="outputMode"><c>"int"</c> (default), <c>"multi_hot"</c>, <c>"count"</c> or <c>"tf_idf"</c> (counts times IDF
    /// weights).</param>
    /// <param name="outputSequenceLength">Length of the output sequences, with <c>"int"</c>; null (default) for the longest text of the
    /// batch.</param>
    /// <param name="padToMaxTokens">Whether encodings have <paramref name="maxTokens"/> elements even if the vocabulary is smaller; false
    /// by default.</param>
    /// <param name="vocabulary">The words, with or without leading padding and OOV tokens; null (default) to use
    /// <see cref="Adapt(NDArray, int?, int?)"/>.</param>
    /// <param name="idfWeights">The IDF weight of each word, for <c>"tf_idf"</c>.</param>
    /// <param name="encoding">Kept for compatibility with Keras files; strings are Unicode here.</param>
    /// <param name="name">Unique name, or null for <c>text_vectorization</c>, <c>text_vectorization_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of range, or the arguments can't be combined.</exception>
    public TextVectorization(
        int? maxTokens = null,
        string? standardize = "lower_and_strip_punctuation",
        string? split = "whitespace",
        int? ngrams = null,
        string outputMode = "int",
        int? outputSequenceLength = null,
        bool padToMaxTokens = false,
        IReadOnlyList<string>? vocabulary = null,
        NDArray? idfWeights = null,
        string encoding = "utf-8",
        string? name = null)
        : this(
            LookupSettings.Create(maxTokens, 1, hasMask: true, outputMode, padToMaxTokens, invert: false), standardize, split,
            ngrams is { } most ? [.. Enumerable.Range(1, Math.Max(most, 0))] : null, ngramsAreUpTo: true, outputSequenceLength, vocabulary,
            idfWeights?.ToArray(),
            null, encoding, name)
    {
        if (ngrams is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, nameof(ngrams));
        }
    }

    private TextVectorization(
        LookupSettings settings, string? standardize, string? split, int[]? ngrams, bool ngramsAreUpTo, int? outputSequenceLength,
        IReadOnlyList<string>? vocabulary,
        float[]? idfWeights, long? savedSize, string encoding, string? name)
        : base(name)
    {
        Check(standardize, Standardizations, nameof(standardize));
        Check(split, Splits, nameof(split));
        if (settings.OutputMode == "one_hot")
        {
            throw new ArgumentException(
                "outputMode 'one_hot' is not supported, since texts have different lengths; use StringLookup.", "outputMode");
        }

        if (outputSequenceLength is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(outputSequenceLength));
            if (settings.OutputMode != "int")
            {
                throw new ArgumentException(
                    $"outputSequenceLength needs outputMode 'int'; got '{settings.OutputMode}'.", nameof(outputSequenceLength));
            }
        }

        this.settings = settings;
        this.standardize = standardize;
        this.split = split;
        this.ngrams = ngrams;
        this.ngramsAreUpTo = ngramsAreUpTo;
        this.outputSequenceLength = outputSequenceLength;
        this.encoding = encoding;
        given = vocabulary;
        givenWeights = idfWeights;
        table = new TokenTable<string>(settings, "", "[UNK]", TextOrder.Compare) { SavedSize = savedSize };
        if (vocabulary is not null)
        {
            table.Set(vocabulary, idfWeights, isGiven: true);
        }
    }

    internal override bool TakesIdentifiers => true;

    // Keras writes it twice: for the layer, and for the inner StringLookup.
    IReadOnlyList<string> IKeepsVocabulary.Folders => ["", "_lookup_layer"];

    // Legacy files can store the vocabulary only in the configuration; a text file can't store a token that contains a line break.
    private protected override JsonObject ConfigFor(bool legacy)
    {
        JsonObject config = base.ConfigFor(legacy);
        if (((IKeepsVocabulary)this).VocabularyToSave() is { } tokens && table.Tokens.Count > 0
            && (legacy || !VocabularyLines.Hold(tokens)))
        {
            config["vocabulary"] = new JsonArray([.. table.Tokens.Select(t => (JsonNode?)JsonValue.Create(t))]);
            config["idf_weights"] =
                LookupSettings.ToJson(idf is null ? null : idf.ToFloats().Skip(settings.FirstToken).Take(table.Tokens.Count));
        }

        return config;
    }

    internal override IReadOnlyList<string>? OwnWeightKeys => idf is null ? null : ["idf_weights"];

    /// <summary>Size of the vocabulary, including padding and OOV tokens.</summary>
    public int VocabularySize() => checked((int)table.Size);

    /// <summary>Gets the words in index order.</summary>
    /// <param name="includeSpecialTokens">Whether to include padding and OOV tokens; true by default.</param>
    public IReadOnlyList<string> GetVocabulary(bool includeSpecialTokens = true) => includeSpecialTokens ? table.All() : [.. table.Tokens];

    /// <summary>Sets the vocabulary.</summary>
    /// <param name="vocabulary">The words, with or without leading padding and OOV tokens.</param>
    /// <param name="idfWeights">The IDF weight of each word, for <c>outputMode: "tf_idf"</c>.</param>
    /// <exception cref="ArgumentException">The vocabulary is empty, contains a word twice, or has more than <c>maxTokens</c>
    /// tokens.</exception>
    public void SetVocabulary(IReadOnlyList<string> vocabulary, NDArray? idfWeights = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        long before = table.Depth;
        table.Set(vocabulary, idfWeights?.ToArray(), isGiven: false);
        CommitVocabulary(before);
    }

    /// <summary>Builds the vocabulary from texts: the most frequent words first.</summary>
    /// <param name="data">The texts.</param>
    /// <param name="batchSize">Ignored for data in one array.</param>
    /// <param name="steps">Ignored for data in one array.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was passed to the constructor.</exception>
    public void Adapt(NDArray data, int? batchSize = null, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Builds the vocabulary from texts in batches.</summary>
    /// <param name="batches">The batches; each is read once.</param>
    /// <param name="steps">Number of batches to read; all by default.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was passed to the constructor.</exception>
    public void Adapt(IEnumerable<NDArray> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        long before = table.Depth;
        table.Adapt((steps is { } most ? batches.Take(most) : batches).SelectMany(batch => batch.ToStrings()).Select(TokensOf));
        CommitVocabulary(before);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (!(inputShape.Rank == 1 || (inputShape.Rank == 2 && inputShape[1] is 1 or Shape.None)))
        {
            throw UnfitInput(inputShape, "texts of shape (batch) or (batch, 1)");
        }

        return [inputShape[0], settings.OutputMode == "int" ? outputSequenceLength ?? Shape.None : table.Depth];
    }

    internal static TextVectorization FromConfig(ConfigReader config)
    {
        LookupSettings.RefuseSparse(config);
        foreach (string key in new[] { "standardize", "split" })
        {
            if (config.Node(key) is JsonObject)
            {
                throw config.Error(key, "a Python function is given here, which is never run; only Keras' built-in names are supported");
            }
        }

        int[]? ngrams = config.OptionalInts("ngrams");
        bool isList = config.Node("ngrams") is JsonArray;
        return new TextVectorization(
            LookupSettings.Create(
                LookupSettings.OptionalInt(config, "max_tokens"), 1, hasMask: true, config.OptionalString("output_mode") ?? "int",
                config.Bool("pad_to_max_tokens", false), invert: false),
            config.HasKey("standardize") ? config.OptionalString("standardize") : Standardizations[0],
            config.HasKey("split") ? config.OptionalString("split") : Splits[0],
            ngrams is null || isList ? ngrams : [.. Enumerable.Range(1, Math.Clamp(ngrams[0], 0, 1000))],
            ngramsAreUpTo: !isList,
            LookupSettings.OptionalInt(config, "output_sequence_length"),
            config.Has("vocabulary") ? config.Strings("vocabulary") : null,
            LookupSettings.IdfWeights(config),
            LookupSettings.SavedSize(config),
            config.OptionalString("encoding") ?? "utf-8",
            config.OptionalString("name"));
    }

    IReadOnlyList<string>? IKeepsVocabulary.VocabularyToSave() => table.IsGiven || !table.IsKnown ? null : table.All();

    long IKeepsVocabulary.NumbersInConfig => givenWeights is null ? 0 : Math.Min(table.Depth, Math.Max(givenWeights.Length, MostPadding));

    void IKeepsVocabulary.LoadVocabulary(IReadOnlyList<string> tokens)
    {
        if (!table.IsGiven)
        {
            table.Set(tokens, settings.OutputMode == "tf_idf" ? new float[tokens.Count] : null, isGiven: false, isOfFile: true);
        }
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (settings.OutputMode == "tf_idf")
        {
            idf = AddWeight("idf_weights", [table.Depth], new Initializers.Zeros(), trainable: false);
            Assign();
        }
    }

    private protected override bool CanTakeAgain(Shape earlier, Shape now) => true;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!table.IsKnown && context?.Builder is null)
        {
            throw new InvalidOperationException(
                $"TextVectorization '{Name}' has no vocabulary yet; call Adapt or SetVocabulary, or pass one to the constructor.");
        }

        long[][] numbers = [.. TextTable.TextsOf(x, $"TextVectorization '{Name}'")
            .Select(text => TokensOf(text).Select(t => table.NumberOf(t, _ => 0)).ToArray())];
        bool isInt = settings.OutputMode == "int";
        int length = (isInt ? outputSequenceLength : null) ?? numbers.Select(n => n.Length).DefaultIfEmpty().Max();
        long[] all = new long[numbers.Length * length];

        // Indices are padded with zeros; padding must not be counted.
        Array.Fill(all, isInt ? 0 : -1);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i].AsSpan(0, Math.Min(length, numbers[i].Length)).CopyTo(all.AsSpan(i * length));
        }

        Tensor places = tensor(all, [numbers.Length, length], ScalarType.Int64).to(x.device);
        if (isInt)
        {
            return places.to(ScalarType.Float32);
        }

        if (length == 0)
        {
            return zeros([numbers.Length, table.Depth], ScalarType.Float32, x.device);
        }

        Tensor y = CategoricalEncoding.Encode(places, settings.OutputMode == "tf_idf" ? "count" : settings.OutputMode, table.Depth);
        return idf is null ? y : y * idf.Value;
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config["max_tokens"] = settings.MaxTokens;
        config["standardize"] = standardize;
        config["split"] = split;
        config["ngrams"] = ngrams is null ? null : ngramsAreUpTo ? ngrams.Length
            : new JsonArray([.. ngrams.Select(n => (JsonNode?)JsonValue.Create(n))]);
        config["output_mode"] = settings.OutputMode;
        config["output_sequence_length"] = outputSequenceLength;
        config["pad_to_max_tokens"] = settings.PadToMaxTokens;
        config["sparse"] = false;
        config["ragged"] = false;
        config["vocabulary"] = given is null ? null : new JsonArray([.. given.Select(t => (JsonNode?)JsonValue.Create(t))]);
        config["idf_weights"] = LookupSettings.ToJson(givenWeights);
        config["encoding"] = encoding;
        config["vocabulary_size"] = table.Size;
    }

    private List<string> TokensOf(string text) => TextTokens.Of(text, standardize, split, ngrams);

    private static void Check(string? word, string[] allowed, string argument)
    {
        if (word is not null && !allowed.Contains(word))
        {
            throw new ArgumentException($"{argument} '{word}' is unknown. {NearestName.Hint(word, allowed)}", argument);
        }
    }

    private void CommitVocabulary(long before)
    {
        if (!Built)
        {
            return;
        }

        if (settings.OutputMode != "int" && table.Depth != before)
        {
            throw new InvalidOperationException(
                $"TextVectorization '{Name}' was built for {before} tokens, but its vocabulary now has {table.Depth}; set it before the "
                + "model is built, or use padToMaxTokens.");
        }

        Assign();
    }

    private void Assign()
    {
        if (idf is not null && table.Weights is not null)
        {
            idf.Assign(table.AllWeights());
        }
    }
}
