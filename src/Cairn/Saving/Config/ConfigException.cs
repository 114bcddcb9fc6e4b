namespace Cairn.Saving;

/// <summary>An invalid configuration; the reader of the surrounding file adds the file name.</summary>
internal sealed class ConfigException(string place, string message) : ArgumentException($"{place}: {message}")
{
    /// <summary>The place in the configuration, such as <c>model_config/layers[2]/Conv2D/kernel_size</c>.</summary>
    public string Place { get; } = place;

    /// <summary>The problem, without the place.</summary>
    public string Problem { get; } = message;

    /// <summary>What was expected; null for other kinds of problems.</summary>
    public string? Expected { get; init; }

    /// <summary>A short description of what was found instead; null if nothing was found.</summary>
    public string? Found { get; init; }

    /// <summary>Whether the place is an unknown key.</summary>
    public bool IsUnknownKey { get; init; }
}
