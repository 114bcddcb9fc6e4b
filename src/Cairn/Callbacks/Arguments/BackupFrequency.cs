using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// How often to back up a run: <c>"epoch"</c>, a number of training batches, or a time interval. All three convert implicitly.
/// </summary>
public readonly record struct BackupFrequency
{
    private BackupFrequency(int? batches, TimeSpan? time) => (Batches, Time) = (batches, time);

    /// <summary>At the end of every epoch. The default.</summary>
    public static BackupFrequency Epoch { get; } = default;

    /// <summary>The number of batches, or null.</summary>
    public int? Batches { get; }

    /// <summary>The time interval, or null. The backup is made at the end of the first batch after it has elapsed.</summary>
    public TimeSpan? Time { get; }

    /// <summary>Whether backups are made at the end of epochs.</summary>
    public bool IsEpoch => Batches is null && Time is null;

    /// <summary>Converts <c>"epoch"</c>.</summary>
    /// <param name="frequency">The string <c>"epoch"</c>.</param>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator BackupFrequency(string frequency) => frequency == "epoch"
        ? Epoch
        : throw new ArgumentException(
            $"saveFreq is {(frequency is null ? "null" : $"'{frequency}'")}; "
            + "allowed are 'epoch', a number of batches (1 or more), or a time.",
            "saveFreq");

    /// <summary>Converts a number of batches.</summary>
    /// <param name="batches">The number of batches; 1 or more.</param>
    public static implicit operator BackupFrequency(int batches) => batches >= 1
        ? new BackupFrequency(batches, null)
        : throw new ArgumentOutOfRangeException("saveFreq", batches, "saveFreq must be 'epoch', a number of batches >= 1, or a time.");

    /// <summary>Converts a time interval.</summary>
    /// <param name="time">The time between backups; more than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public static implicit operator BackupFrequency(TimeSpan time) => time > TimeSpan.Zero
        ? new BackupFrequency(null, time)
        : throw new ArgumentOutOfRangeException("saveFreq", time, "saveFreq must be 'epoch', a number of batches, or a time above 0.");

    internal static BackupFrequency FromConfig(ConfigReader config, string key)
    {
        const string Seconds = "seconds";
        if (config.Node(key) is JsonObject time && time.ContainsKey(Seconds))
        {
            return config.Object(key).Seconds(Seconds);
        }

        return BatchFrequency.FromConfig(config, key, "\"epoch\", a whole number of batches (1 or more), or {\"seconds\": number}") switch
        {
            null => Epoch,
            { Word: { } word } => word,
            { Batches: var batches } => batches,
        };
    }

    internal JsonNode ToJson() => Time is { } time ? new JsonObject { ["seconds"] = time.TotalSeconds } : BatchFrequency.ToJson(Batches);

    /// <summary>The string <c>"epoch"</c>, the number of batches, or the time.</summary>
    public override string ToString() =>
        Batches?.ToString(CultureInfo.InvariantCulture) ?? Time?.ToString("c", CultureInfo.InvariantCulture) ?? "epoch";
}
