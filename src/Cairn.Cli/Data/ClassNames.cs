using System.Text.Json;
using Cairn.Saving;

namespace Cairn.Cli.Data;

/// <summary>
/// <c>classes.json</c> beside a model: the names of its classes in the order of its outputs, so that other data are numbered alike.
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

    /// <summary>The classes of a model; null where none are known.</summary>
    /// <param name="modelPath">The model's file.</param>
    /// <param name="outputs">How many classes the model tells apart.</param>
    /// <exception cref="CommandException">The file is no list of names.</exception>
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
            // Another model's list, left in the folder, is none of this one's.
            return classes?.Length == outputs && !classes.Contains(null) ? classes : null;
        }
        catch (JsonException exception)
        {
            throw new CommandException($"'{path}' is no list of names: {exception.Message}", exception);
        }
    }
}
