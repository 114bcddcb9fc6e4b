using System.Text.Json.Nodes;

namespace Cairn.Dashboard.Runs;

/// <summary>The part of a run that does not change during training: settings and model.</summary>
internal sealed record RunDescription
{
    /// <summary>Nothing is known.</summary>
    public static RunDescription Empty { get; } = new();

    /// <summary>Settings by name, such as <c>optimizer</c> and <c>batch_size</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Tags that group runs.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The model's summary; null if not known.</summary>
    public string? Summary { get; init; }

    /// <summary>The model's layers: name, type, shape and inputs; null if not known.</summary>
    public JsonArray? Layers { get; init; }

    /// <summary>Names of values where higher is better.</summary>
    public IReadOnlySet<string> HigherIsBetter { get; init; } = new HashSet<string>();
}
