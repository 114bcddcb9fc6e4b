using System.ComponentModel;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="StringLookup"/> and <see cref="IntegerLookup"/>. Keras: <c>IndexLookup</c>.</summary>
/// <typeparam name="T">The token type: <see cref="string"/> or <see cref="long"/>.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class IndexLookup<T> : Layer, IKeepsVocabulary
    where T : notnull
{
    // Limits how much a file with weights for only a few tokens may pad an encoding.
    private const int MostPadding = 1 << 22;

    private readonly IReadOnlyList<T>? given;
    private readonly float[]? givenWeights;
    private Variable? idf;

    private protected IndexLookup(
        LookupSettings settings, T mask, T unknown, IReadOnlyList<T>? vocabulary, float[]? idfWeights, long? savedSize, HashBuckets buckets,
        Comparison<T> order, string? name)
        : base(name)
    {
        Settings = settings;
        Buckets = buckets;
        Table = new TokenTable<T>(settings, mask, unknown, order) { SavedSize = savedSize };
        given = vocabulary;
        givenWeights = idfWeights;
        if (vocabulary is not null)
        {
            Table.Set(vocabulary, idfWeights, isGiven: true);
        }
    }

    private protected LookupSettings Settings { get; }

    private protected HashBuckets Buckets { get; }

    private protected TokenTable<T> Table { get; }

    // String ids, and integers that float32 can't represent exactly.
    internal override bool TakesIdentifiers => true;

    IReadOnlyList<string> IKeepsVocabulary.Folders => [""];

    /// <summary>Size of the vocabulary, including mask and OOV tokens.</summary>
    public int VocabularySize() => checked((int)Table.Size);

    /// <summary>Gets the tokens in index order.</summary>
    /// <param name="includeSpecialTokens">Whether to include mask and OOV tokens; true by default.</param>
    public IReadOnlyList<T> GetVocabulary(bool includeSpecialTokens = true) => includeSpecialTokens ? Table.All() : [.. Table.Tokens];

    /// <summary>Sets the vocabulary.</summary>
    /// <param name="vocabulary">The tokens, with or without leading mask and OOV tokens.</param>
    /// <param name="idfWeights">A weight for each token, for <c>outputMode: "tf_idf"</c>.</param>
    /// <exception cref="ArgumentException">The vocabulary is empty, contains a token twice, or has more than <c>maxTokens</c>
    /// tokens.</exception>
    public void SetVocabulary(IReadOnlyList<T> vocabulary, NDArray? idfWeights = null)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        long before = Table.Depth;
        Table.Set(vocabulary, idfWeights?.ToArray(), isGiven: false);
        CommitVocabulary(before);
    }

    /// <summary>Builds the vocabulary from data: the most frequent tokens first.</summary>
    /// <param name="data">The tokens; each row is one document when IDF weights are computed.</param>
    /// <param name="steps">Ignored for data in one array.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was passed to the constructor.</exception>
    public void Adapt(NDArray data, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Adapt([data]);
    }

    /// <summary>Builds the vocabulary from data in batches.</summary>
    /// <param name="batches">The batches; each is read once.</param>
    /// <param name="steps">Number of batches to read; all by default.</param>
    /// <exception cref="InvalidOperationException">The vocabulary was passed to the constructor.</exception>
    public void Adapt(IEnumerable<NDArray> batches, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        long before = Table.Depth;
        Table.Adapt((steps is { } most ? batches.Take(most) : batches).SelectMany(Documents));
        CommitVocabulary(before);
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return Settings.OutputShape(inputShape, Table.Depth);
    }

    IReadOnlyList<string>? IKeepsVocabulary.VocabularyToSave() => Table.IsGiven || !Table.IsKnown ? null : [.. Table.All().Select(Write)];

    long IKeepsVocabulary.NumbersInConfig => givenWeights is null ? 0 : Math.Min(Table.Depth, Math.Max(givenWeights.Length, MostPadding));

    void IKeepsVocabulary.LoadVocabulary(IReadOnlyList<string> tokens)
    {
        if (!Table.IsGiven)
        {
            // Files store the weights as a variable.
            T[] vocabulary = [.. tokens.Select(Read)];
            Table.Set(vocabulary, Settings.OutputMode == "tf_idf" ? new float[vocabulary.Length] : null, isGiven: false, isOfFile: true);
        }
    }

    // Legacy files can store the vocabulary only in the configuration; a text file can't store a token that contains a line break.
    private protected override JsonObject ConfigFor(bool legacy)
    {
        JsonObject config = base.ConfigFor(legacy);
        if (((IKeepsVocabulary)this).VocabularyToSave() is { } tokens && Table.Tokens.Count > 0
            && (legacy || !VocabularyLines.Hold(tokens)))
        {
            config["vocabulary"] = new JsonArray([.. Table.Tokens.Select(WriteToken)]);
            config["idf_weights"] =
                LookupSettings.ToJson(idf is null ? null : idf.ToFloats().Skip(Settings.FirstToken).Take(Table.Tokens.Count));
        }

        return config;
    }

    internal override IReadOnlyList<string>? OwnWeightKeys => idf is null ? null : ["idf_weights"];

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        if (Settings.OutputMode == "tf_idf")
        {
            idf = AddWeight("idf_weights", [Table.Depth], new Initializers.Zeros(), trainable: false);
            Assign();
        }
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!Table.IsKnown && context?.Builder is null)
        {
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' has no vocabulary yet; call Adapt or SetVocabulary, or pass one to the constructor.");
        }

        if (Settings.Invert)
        {
            return Tokens(x);
        }

        long[] numbers = [.. TokensOf(x).Select(token => Table.NumberOf(token, BucketOf))];
        Tensor places = tensor(numbers, x.shape, ScalarType.Int64).to(x.device);
        string mode = Settings.OutputMode;
        Tensor y = CategoricalEncoding.Encode(places, mode == "tf_idf" ? "count" : mode, Table.Depth);
        return idf is null ? y : y * idf.Value;
    }

    /// <summary>Writes Keras' keys from the output mode on.</summary>
    private protected void WriteRest(JsonObject config, JsonNode? unknown, JsonNode? mask)
    {
        config["invert"] = Settings.Invert;
        config["max_tokens"] = Settings.MaxTokens;
        config["num_oov_indices"] = Settings.NumOovIndices;
        config["oov_token"] = unknown;
        config["mask_token"] = mask;
        config["output_mode"] = Settings.OutputMode;
        config["sparse"] = false;
        config["pad_to_max_tokens"] = Settings.PadToMaxTokens;
        config["idf_weights"] = LookupSettings.ToJson(givenWeights);
        config["vocabulary"] = given is null ? null : new JsonArray([.. given.Select(WriteToken)]);
        config["vocabulary_size"] = Table.Size;
    }

    private protected abstract T[] TokensOf(Tensor x);

    /// <summary>Maps indices to tokens, for the inverse layer.</summary>
    private protected abstract Tensor Tokens(Tensor x);

    private protected abstract long BucketOf(T token);

    private protected abstract string Write(T token);

    private protected abstract JsonNode? WriteToken(T token);

    private protected abstract T Read(string token);

    private protected abstract T[] ArrayTokens(NDArray data);

    private IEnumerable<T[]> Documents(NDArray data)
    {
        T[] all = ArrayTokens(data);
        int size = data.Shape.Rank > 1 && data.Shape[0] > 0 ? (int)(all.Length / data.Shape[0]) : 1;
        return all.Chunk(Math.Max(size, 1));
    }

    private void CommitVocabulary(long before)
    {
        if (!Built)
        {
            return;
        }

        if (Settings.OutputMode != "int" && Table.Depth != before)
        {
            throw new InvalidOperationException(
                $"{ClassName} '{Name}' was built for {before} tokens, but its vocabulary now has {Table.Depth}; set it before the model is "
                + "built, or use padToMaxTokens.");
        }

        Assign();
    }

    private void Assign()
    {
        if (idf is not null && Table.Weights is not null)
        {
            idf.Assign(Table.AllWeights());
        }
    }
}
