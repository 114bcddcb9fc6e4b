using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cairn.Saving;

/// <summary>Parses the JSON texts of model files within the limits.</summary>
internal static class ModelJson
{
    /// <summary>The object that <paramref name="json"/> describes.</summary>
    /// <param name="json">The text.</param>
    /// <param name="fileName">The file it came from, for messages.</param>
    /// <param name="location">Where in the file, such as <c>model_config</c>, for messages.</param>
    /// <param name="limits">What to accept; the default limits if null.</param>
    /// <exception cref="ModelFormatException">It is not JSON, not an object, too long or too deep, or names a property twice.</exception>
    public static JsonObject ParseObject(string json, string? fileName, string? location, FileLimits? limits = null)
    {
        limits ??= FileLimits.Current;
        if (json.Length > limits.MaximumJsonBytes)
            throw new ModelFormatException(
                $"a JSON text of {json.Length} characters; at most {limits.MaximumJsonBytes} are allowed.", fileName, location);

        var options = new JsonDocumentOptions { MaxDepth = limits.MaximumJsonDepth, AllowDuplicateProperties = false };
        try
        {
            return JsonNode.Parse(json, documentOptions: options) as JsonObject
                ?? throw new ModelFormatException("a JSON object is expected.", fileName, location);
        }
        catch (JsonException exception)
        {
            throw new ModelFormatException($"not a valid JSON text: {exception.Message}", fileName, location, exception);
        }
    }
}
