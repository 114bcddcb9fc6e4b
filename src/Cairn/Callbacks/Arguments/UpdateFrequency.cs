using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// How often <see cref="TensorBoard"/> writes loss and metrics: <c>"epoch"</c>, <c>"batch"</c>, or a number of training batches. All
/// three convert implicitly.
/// </summary>
public readonly record struct UpdateFrequency
{
    private UpdateFrequency(int batches) => Batches = batches;

    /// <summary>At the end of each epoch only.</summary>
    public static UpdateFrequency Epoch { get; } = default;

    /// <summary>The number of batches, or null for every epoch.</summary>
    public int? Batches { get; }

    /// <summary>Converts <c>"epoch"</c> or <c>"batch"</c>, which is the same as 1.</summary>
    /// <param name="frequency">One of these strings.</param>
    /// <exception cref="ArgumentException">Any other string.</exception>
    public static implicit operator UpdateFrequency(string frequency) => frequency switch
    {
        "epoch" => Epoch,
        "batch" => new UpdateFrequency(1),
        _ => throw new ArgumentException(
            $"updateFreq is {(frequency is null ? "null" : $"'{frequency}'")}; "
            + "allowed are 'epoch', 'batch' and a number of batches (1 or more).",
            "updateFreq"),
    };

    /// <summary>Converts a number of batches.</summary>
    /// <param name="batches">The number of batches; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is 0 or negative.</exception>
    public static implicit operator UpdateFrequency(int batches) => batches >= 1
        ? new UpdateFrequency(batches)
        : throw new ArgumentOutOfRangeException("updateFreq", batches, "updateFreq must be 'epoch', 'batch' or a number of batches >= 1.");

    internal static UpdateFrequency FromConfig(ConfigReader config, string key) => BatchFrequency.FromConfig(config, key) switch
    {
        null => Epoch,
        { Word: { } word } => word,
        { Batches: var batches } => batches,
    };

    internal JsonNode ToJson() => BatchFrequency.ToJson(Batches);

    /// <summary>The string <c>"epoch"</c>, or the number of batches.</summary>
    public override string ToString() => Batches?.ToString(CultureInfo.InvariantCulture) ?? "epoch";
}
