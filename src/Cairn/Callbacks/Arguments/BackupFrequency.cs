using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>How often a run is backed up: <c>"epoch"</c>, after a number of training batches, or after a time. All three convert implicitly.</summary>
public readonly record struct BackupFrequency
{
    private BackupFrequency(int? batches, TimeSpan? time) => (Batches, Time) = (batches, time);

    /// <summary>At the end of every epoch. The default.</summary>
    public static BackupFrequency Epoch { get; } = default;

    /// <summary>The number of batches, or null.</summary>
    public int? Batches { get; }

    /// <summary>The time, at whose end the next batch's end is waited for; or null.</summary>
    public TimeSpan? Time { get; }

    /// <summary>Whether backups are made at the end of epochs.</summary>
    public bool IsEpoch => Batches is null && Time is null;

    /// <summary>Converts <c>"epoch"</c>.</summary>
    /// <param name="frequency">The word.</param>
    /// <exception cref="ArgumentException">It is another word.</exception>
    public static implicit operator BackupFrequency(string frequency) => frequency == "epoch"
        ? Epoch
        : throw new ArgumentException(
            $"saveFreq is {(frequency is null ? "null" : $"'{frequency}'")}; 'epoch', a number of batches, 1 or more, or a time "
            + "is allowed.", "saveFreq");

    /// <summary>Converts a number of batches.</summary>
    /// <param name="batches">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0 or negative.</exception>
    public static implicit operator BackupFrequency(int batches) => batches >= 1
        ? new BackupFrequency(batches, null)
        : throw new ArgumentOutOfRangeException("saveFreq", batches,
        "saveFreq must be 'epoch', a number of batches, 1 or more, or a time.");

    /// <summary>Converts a time.</summary>
    /// <param name="time">More than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is zero or negative.</exception>
    public static implicit operator BackupFrequency(TimeSpan time) => time > TimeSpan.Zero
        ? new BackupFrequency(null, time)
        : throw new ArgumentOutOfRangeException("saveFreq", time, "saveFreq must be 'epoch', a number of batches, or a time above zero.");

    internal static BackupFrequency FromConfig(ConfigReader config, string key)
    {
        const string Seconds = "seconds";
        if (config.Node(key) is JsonObject time && time.ContainsKey(Seconds))
        {
            return config.Object(key).Seconds(Seconds);
        }

        return BatchFrequency.FromConfig(config, key, "\"epoch\", a whole number of batches, 1 or more, or {\"seconds\": number}") switch
        {
            null => Epoch,
            { Word: { } word } => word,
            { Batches: var batches } => batches,
        };
    }

    internal JsonNode ToJson() => Time is { } time ? new JsonObject { ["seconds"] = time.TotalSeconds } : BatchFrequency.ToJson(Batches);

    /// <summary>The word, the number or the time.</summary>
    public override string ToString() =>
        Batches?.ToString(CultureInfo.InvariantCulture) ?? Time?.ToString("c", CultureInfo.InvariantCulture) ?? "epoch";
}
