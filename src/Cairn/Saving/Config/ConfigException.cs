namespace Cairn.Saving;

/// <summary>A configuration that does not describe what it should; the reader of the file around it adds the file's name.</summary>
internal sealed class ConfigException(string place, string message) : ArgumentException($"{place}: {message}")
{
    /// <summary>Where in the configuration, such as <c>model_config/layers[2]/Conv2D/kernel_size</c>.</summary>
    public string Place { get; } = place;

    /// <summary>What is wrong there, without the place.</summary>
    public string Problem { get; } = message;

    /// <summary>What was expected; null where the problem is another.</summary>
    public string? Expected { get; init; }

    /// <summary>What was found instead of what was expected, in a few words; null where there is nothing.</summary>
    public string? Found { get; init; }

    /// <summary>Whether the place is a key that nothing asks for.</summary>
    public bool IsUnknownKey { get; init; }
}
