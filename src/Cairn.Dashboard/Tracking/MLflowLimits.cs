using System.Text;
using System.Text.Json.Nodes;

namespace Cairn.Dashboard.Tracking;

/// <summary>
/// Limits of MLflow's REST interface per request: 1,000 metrics, 100 parameters and 100 tags; names of 250 characters; values of 6,000
/// characters for parameters and 8,000 for tags.
/// </summary>
internal static class MLflowLimits
{
    /// <summary>Metrics of one request.</summary>
    public const int MostMetrics = 1000;

    private const int MostParameters = 100;
    private const int MostTags = 100;
    private const int MostOfAName = 250;
    private const int MostOfAParameter = 6000;
    private const int MostOfATag = 8000;
    private const string Scheme = "mlflow-artifacts:";

    /// <summary>A value of an epoch.</summary>
    public static JsonObject Metric(string name, double value, long time, int epoch) => new()
    {
        ["key"] = Name(name),
        ["value"] = JsonNumber.Of(value),
        ["timestamp"] = time,
        ["step"] = epoch,
    };

    /// <summary>Settings, in as many requests as are needed.</summary>
    public static IEnumerable<JsonArray> Parameters(IReadOnlyDictionary<string, string> settings) => settings
        .DistinctBy(pair => Name(pair.Key))
        .Chunk(MostParameters)
        .Select(some => Pairs(some, MostOfAParameter));

    /// <summary>Tags; MLflow shows the name of a run from one of them.</summary>
    public static JsonArray Tags(IReadOnlyDictionary<string, string> tags, string runName) => Pairs(
        tags.Where(pair => pair.Key != "mlflow.runName").Take(MostTags - 2)
            .Prepend(KeyValuePair.Create("mlflow.source.name", "Cairn")).Prepend(KeyValuePair.Create("mlflow.runName", runName)),
            MostOfATag);

    /// <summary>A name with the characters that MLflow allows; any other becomes an underscore.</summary>
    public static string Name(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char character in name.Length <= MostOfAName ? name : name[..MostOfAName])
        {
            text.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ' ' or '/' ? character : '_');
        }

        return text.ToString();
    }

    /// <summary>The path of a run's artifacts below those that the server serves; null if it does not serve them.</summary>
    public static string? ArtifactPath(string? uri)
    {
        if (uri is null || !uri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        string rest = uri[Scheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            // With the name of a server before the path.
            int end = rest.IndexOf('/', 2);
            rest = end < 0 ? "" : rest[end..];
        }

        return rest.Trim('/') is { Length: > 0 } path ? path : null;
    }

    private static JsonArray Pairs(IEnumerable<KeyValuePair<string, string>> pairs, int most) =>
        new([.. pairs.Select(pair => (JsonNode)new JsonObject
    {
        ["key"] = Name(pair.Key),
        ["value"] = pair.Value.Length <= most ? pair.Value : pair.Value[..most],
    })]);
}
