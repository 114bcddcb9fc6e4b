using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cairn.Callbacks;

namespace Cairn.Dashboard.Runs;

/// <summary>A row in the table of runs.</summary>
internal sealed record RunSummary
{
    /// <summary>A value of the run.</summary>
    /// <param name="Last">The value of the last epoch that has one.</param>
    /// <param name="Best">The best value; null if all are NaN.</param>
    /// <param name="BestEpoch">Index of its epoch, from 0.</param>
    public sealed record ValueSummary(double Last, double? Best, int BestEpoch);

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Source { get; init; }

    public required RunStatus Status { get; init; }

    public required DateTimeOffset Updated { get; init; }

    public int EpochCount { get; init; }

    public int EventCount { get; init; }

    /// <summary>The index at which the run ends; null if not known.</summary>
    public int? Epochs { get; init; }

    public double? Seconds { get; init; }

    public required IReadOnlyDictionary<string, ValueSummary> Values { get; init; }

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Why the run could not be read; null if it could.</summary>
    public string? Problem { get; init; }

    /// <summary>The values of a whole history.</summary>
    public static IReadOnlyDictionary<string, ValueSummary> ValuesOf(History history, RunDescription description)
    {
        var values = new OrderedDictionary<string, ValueSummary>(StringComparer.Ordinal);
        foreach (string name in history.Keys)
        {
            IReadOnlyList<double> list = history[name];
            ReadOnlySpan<double> column = list is List<double> known ? CollectionsMarshal.AsSpan(known) : list.ToArray();
            int best = BestOf(column, IsHigherBetter(name, description));
            values[name] = new ValueSummary(column[^1], best < 0 ? null : column[best],
                history.Epochs[history.RowsOf(name)[Math.Max(best, 0)]]);
        }

        return values;
    }

    // The index of the first of the best values; -1 if all are NaN.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int BestOf(ReadOnlySpan<double> values, bool higher)
    {
        int best = -1;
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            if (!double.IsNaN(value) && (best < 0 || (higher ? value > values[best] : value < values[best])))
            {
                best = i;
            }
        }

        return best;
    }

    /// <summary>Writes the row.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("name", Name);
        json.WriteString("source", Source);
        json.WriteString("status", Status.ToString().ToLowerInvariant());
        json.WriteString("updated", Updated);
        json.WriteNumber("epochs", EpochCount);
        json.WriteNumberOrNull("of", Epochs);
        json.WriteNumber("events", EventCount);
        json.WriteNumberOrNull("seconds", Seconds);
        json.WriteString("problem", Problem);
        json.WriteStartObject("values");
        foreach ((string name, ValueSummary value) in Values)
        {
            json.WriteStartObject(name);
            json.WriteNumberOrNull("last", value.Last);
            json.WriteNumberOrNull("best", value.Best);
            json.WriteNumber("bestEpoch", value.BestEpoch);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("settings");
        foreach ((string name, string value) in Settings)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteStartArray("tags");
        foreach (string tag in Tags)
        {
            json.WriteStringValue(tag);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// Whether higher is better. Files do not contain the direction of metrics; it is then known from the names of Keras' metrics.
    /// </summary>
    public static bool IsHigherBetter(string name, RunDescription description)
    {
        string stem = BestSoFar.Bare(name);
        return description.HigherIsBetter.Contains(stem)
            || Upwards.Any(word => stem == word || stem.EndsWith("_" + word, StringComparison.Ordinal));
    }

    private static readonly string[] Upwards =
        ["accuracy", "acc", "auc", "precision", "recall", "f1_score", "fbeta_score", "r2_score", "iou", "mean_io_u", "cosine_similarity"];
}
