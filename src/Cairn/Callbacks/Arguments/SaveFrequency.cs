using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>How often to save: <c>"epoch"</c>, or a number of training batches. Both convert implicitly.</summary>
public readonly record struct SaveFrequency
{
    private SaveFrequency(int batches) => Batches = batches;

    /// <summary>At the end of every epoch. The default.</summary>
    public static SaveFrequency Epoch { get; } = default;

    /// <summary>The number of batches, or null for every epoch.</summary>
    public int? Batches { get; }

    /// <summary>Whether files are saved at the end of epochs.</summary>
    public bool IsEpoch => Batches is null;

    /// <summary>Converts <c>"epoch"</c>.</summary>
    /// <param name="frequency">The string <c>"epoch"</c>.</param>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator SaveFrequency(string frequency)
    {
        return frequency == "epoch"
            ? Epoch
            : throw new ArgumentException(
                $"saveFreq is {(frequency is null ? "null" : $"'{frequency}'")}; "
                + "allowed are 'epoch' and a number of batches (1 or more).",
                "saveFreq");
    }

    /// <summary>Converts a number of batches.</summary>
    /// <param name="batches">The number of batches; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0 or negative.</exception>
    public static implicit operator SaveFrequency(int batches)
    {
        return batches >= 1
            ? new SaveFrequency(batches)
            : throw new ArgumentOutOfRangeException("saveFreq", batches, "saveFreq must be 'epoch' or a number of batches >= 1.");
    }

    internal static SaveFrequency FromConfig(ConfigReader config, string key)
    {
        return BatchFrequency.FromConfig(config, key, "\"epoch\" or a whole number of batches (1 or more)") switch
        {
            null => Epoch,
            { Word: { } word } => word,
            { Batches: var batches } => batches,
        };
    }

    internal JsonNode ToJson() => BatchFrequency.ToJson(Batches);

    /// <summary>The string <c>"epoch"</c>, or the number of batches.</summary>
    public override string ToString() => Batches?.ToString(CultureInfo.InvariantCulture) ?? "epoch";
}
