using System.Text.Json.Nodes;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Turns texts into the numbers of their words. Keras: <c>layers.TextVectorization</c>.</summary>
/// <remarks>
/// Input: strings <c>[batch]</c> or <c>[batch, 1]</c>, of an <see cref="Input"/> with <c>dtype: "string"</c>; output
/// <c>[batch, outputSequenceLength]</c> (or as many as the longest text of the batch has words), padded with 0, or one encoding for each text,
/// <c>[batch, tokens]</c>. Numbers come as float32. 0 stands for padding and 1 for unknown words with <c>"int"</c>.
/// </remarks>
public sealed class TextVectorization : Layer, IKeepsVocabulary
{
    private static readonly string[] Standardizations = ["lower_and_strip_punctuation", "lower", "strip_punctuation"];
    private static readonly string[] Splits = ["whitespace", "character"];

    // How much an encoding may be filled up by a file that names weights for a few words.
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

    /// <summary>Makes the layer.</summary>
    /// <param name="maxTokens">How many numbers there are at most, those for padding and unknown words included; null (default) for no limit.</param>
    /// <param name="standardize">
    /// <c>"lower_and_strip_punctuation"</c> (default), <c>"lower"</c>, <c>"strip_punctuation"</c> or null. As in TensorFlow, only the letters and
    /// signs of ASCII are changed.
    /// </param>
    /// <param name="split"><c>"whitespace"</c> (default), <c>"character"</c> or null for whole texts.</param>
    /// <param name="ngrams">If n, sequences of one to n words are tokens, too; null (default) for words alone.</param>
    /// <param name="outputMode"><c>"int"</c> (default), <c>"multi_hot"</c>, <c>"count"</c> or <c>"tf_idf"</c> (counts times weights).</param>
    /// <param name="outputSequenceLength">How many numbers a text has, with <c>"int"</c>; null (default) for as many as the longest of the batch.</param>
    /// <param name="padToMaxTokens">Whether encodings have <paramref name="maxTokens"/> numbers even if there are fewer words; false by default.</param>
    /// <param name="vocabulary">The words, with or without those for padding and unknown ones in front; null (default) for <see cref="Adapt(NDArray, int?, int?)"/>.</param>
    /// <param name="idfWeights">A weight for each word, for <c>"tf_idf"</c>.</param>
    /// <param name="encoding">Kept for Keras' files; strings are Unicode here.</param>
    /// <param name="name">Unique name, or null for <c>text_vectorization</c>, <c>text_vectorization_1</c>, …</param>
    /// <exception cref="ArgumentException">An argument is out of its range, or they do not go together.</exception>
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
            throw new ArgumentException("outputMode 'one_hot' is for StringLookup; texts are of different lengths.", "outputMode");
        }

        if (outputSequenceLength is { } length)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(outputSequenceLength));
            if (settings.OutputMode != "int")
            {
                throw new ArgumentException($"outputSequenceLength is for outputMode 'int'; the mode is '{settings.OutputMode}'.",
                    nameof(outputSequenceLength));
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

    // Keras writes it twice: for the layer, and for the StringLookup within.
    IReadOnlyList<string> IKeepsVocabulary.Folders => ["", "_lookup_layer"];

    // Legacy files have no place for the vocabulary but the configuration, and lines of a file none for a token with a line break.
    private protected override JsonObject ConfigFor(bool legacy)
    {
        JsonObject config = base.ConfigFor(legacy);
        if (((IKeepsVocabulary)this).VocabularyToSave() is { } tokens && (legacy || !VocabularyLines.Hold(tokens)))
        {
            config["vocabulary"] = new JsonArray([.. table.Tokens.Select(t => (JsonNode?)JsonValue.Create(t))]);
            config["idf_weights"] =
                LookupSettings.ToJson(idf is null ? null : idf.ToFloats().Skip(settings.FirstToken).Take(table.Tokens.Count));
        }

        return config;
    }

    internal override IReadOnlyList<string>? OwnWeightKeys => idf is null ? null : ["idf_weights"];

    /// <summary>How many numbers the vocabulary has, those for padding and unknown words included.</summary>
    public int VocabularySize() => checked((int)table.Size);

    /// <summary>The words by their numbers.</summary>
    /// <param name="includeSpecialTokens">Whether those for padding and unknown words are among them; true by default.</param>
    public IReadOnlyList<string> GetVocabulary(bool includeSpecialTokens = true) => includeSpecialTokens ? table.All() : [.. table.Tokens];

    /// <summary>Takes a vocabulary.</summary>
    /// <param name="vocabulary">The words, with or without those for padding and unknown ones in front.</param>
    /// <param name="idfWeights">A weight for each word, for <c>outputMode: "tf_idf"</c>.</param>
    /// <exception cref="ArgumentException">It is empty, a word stands in it twice, or it has more than <c>maxTokens</c>.</exception>
    public void SetVocabulary(IReadOnlyList<string> vocabulary, NDArray? idfWeights = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        long before = table.Depth;
        table.Set(vocabulary, idfWeights?.ToArray(), isGiven: false);
        TakeUp(before);
    }

    /// <summary>Finds the vocabulary of texts: the most frequent words first.</summary>
    /// <param name="data">The texts.</param>
    /// <param name="batchSize">Not used with data in one piece.</param>
    /// <param name="steps">Not used with data in one piece.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was given to the constructor.</exception>
    public void Adapt(NDArray data, int? batchSize = null, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Finds the vocabulary of texts that come in batches.</summary>
    /// <param name="batches">The batches, each read once.</param>
    /// <param name="steps">How many batches to read; all by default.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was given to the constructor.</exception>
    public void Adapt(IEnumerable<NDArray> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        long before = table.Depth;
        table.Adapt((steps is { } most ? batches.Take(most) : batches).SelectMany(batch => batch.ToStrings()).Select(TokensOf));
        TakeUp(before);
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
                throw config.Error(key, "a function of Python stands here, which is never run; the words that Keras knows are expected");
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
            throw new InvalidOperationException($"TextVectorization '{Name}' has no vocabulary yet; call Adapt or SetVocabulary, "
                + "or give one.");
        }

        long[][] numbers = [.. TextTable.TextsOf(x, $"TextVectorization '{Name}'")
            .Select(text => TokensOf(text).Select(t => table.NumberOf(t, _ => 0)).ToArray())];
        bool isInt = settings.OutputMode == "int";
        int length = (isInt ? outputSequenceLength : null) ?? numbers.Select(n => n.Length).DefaultIfEmpty().Max();
        long[] all = new long[numbers.Length * length];

        // Zeros fill up numbers; what is counted has to be none.
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

    private void TakeUp(long before)
    {
        if (!Built)
        {
            return;
        }

        if (settings.OutputMode != "int" && table.Depth != before)
        {
            throw new InvalidOperationException(
                $"TextVectorization '{Name}' was built for {before} numbers, and its vocabulary now has {table.Depth}; give it before the "
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
