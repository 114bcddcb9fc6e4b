using System.Text.Json;
using Cairn.Saving;

namespace Cairn.Cli.Data;

/// <summary>
/// <c>classes.json</c> next to a model: the class names in the order of the outputs, so that other data get the same class indices.
/// </summary>
internal static class ClassNames
{
    private const string FileName = "classes.json";

    private static readonly JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(string folder, IReadOnlyList<string> classes)
    {
        string path = Path.Combine(folder, FileName);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, classes, Plain));
        return path;
    }

    /// <summary>The classes of a model; null if they are unknown.</summary>
    /// <param name="modelPath">The model's file.</param>
    /// <param name="outputs">The number of classes of the model.</param>
    /// <exception cref="CommandException">The file is not a list of names.</exception>
    public static IReadOnlyList<string>? Of(string modelPath, long outputs)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(modelPath))!, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            string[]? classes = JsonSerializer.Deserialize<string[]>(File.ReadAllText(path));
            // The list in the folder may belong to another model.
            return classes?.Length == outputs && !classes.Contains(null) ? classes : null;
        }
        catch (JsonException exception)
        {
            throw new CommandException($"'{path}' is not a list of names: {exception.Message}", exception);
        }
    }
}
