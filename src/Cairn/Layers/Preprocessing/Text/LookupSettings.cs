using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The settings common to <see cref="StringLookup"/>, <see cref="IntegerLookup"/> and <see cref="TextVectorization"/>.</summary>
internal sealed record LookupSettings(int? MaxTokens, int NumOovIndices, bool HasMask, string OutputMode, bool PadToMaxTokens, bool Invert)
{
    private static readonly string[] Modes = ["int", "one_hot", "multi_hot", "count", "tf_idf"];

    /// <summary>The index of the first OOV token.</summary>
    public int FirstUnknown => HasMask && OutputMode == "int" ? 1 : 0;

    /// <summary>The index of the first vocabulary token.</summary>
    public int FirstToken => FirstUnknown + NumOovIndices;

    public static LookupSettings Create(int? maxTokens, int numOovIndices, bool hasMask, string outputMode, bool padToMaxTokens,
        bool invert)
    {
        outputMode = outputMode switch { "binary" => "multi_hot", "tf-idf" => "tf_idf", _ => outputMode };
        if (!Modes.Contains(outputMode))
        {
            throw new ArgumentException($"outputMode '{outputMode}' is unknown. {NearestName.Hint(outputMode, Modes)}", nameof(outputMode));
        }

        if (maxTokens is <= 1)
        {
            throw new ArgumentOutOfRangeException(nameof(maxTokens), maxTokens, "maxTokens must be 2 or more, or null for no limit.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(numOovIndices);
        if (padToMaxTokens && maxTokens is null)
        {
            throw new ArgumentException("padToMaxTokens needs maxTokens.", nameof(padToMaxTokens));
        }

        return invert && outputMode != "int"
            ? throw new ArgumentException($"outputMode must be 'int' with invert; got '{outputMode}'.", nameof(outputMode))
            : new LookupSettings(maxTokens, numOovIndices, hasMask, outputMode, padToMaxTokens, invert);
    }

    /// <summary>The output's shape for the given number of categories.</summary>
    public Shape OutputShape(Shape inputShape, long depth) =>
        OutputMode == "int" ? inputShape
        : CategoricalEncoding.OutputShape(inputShape, OutputMode == "tf_idf" ? "count" : OutputMode, depth);

    public static void RefuseSparse(ConfigReader config)
    {
        if (config.Bool("sparse", false) || config.Bool("ragged", false))
        {
            throw config.Error("sparse", "sparse and ragged tensors are not supported");
        }
    }

    public static int? OptionalInt(ConfigReader config, string key) => config.Has(key) ? config.Int(key) : null;

    public static long? SavedSize(ConfigReader config) =>
        config.Has("vocabulary_size") ? config.Long("vocabulary_size", least: 0, most: int.MaxValue) : null;

    public static float[]? IdfWeights(ConfigReader config) => config.OptionalDoubles("idf_weights")?.Select(w => (float)w).ToArray();

    public static JsonArray? ToJson(IEnumerable<float>? numbers) =>
        numbers is null ? null : new JsonArray([.. numbers.Select(n => (JsonNode?)JsonValue.Create((double)n))]);
}
