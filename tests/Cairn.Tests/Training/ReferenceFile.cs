using System.IO.Compression;
using System.Text.Json;

namespace Cairn.Tests.Training;

/// <summary>
/// Reads the reference data: those in the folder Reference, or those of another recording, whose folder the environment variable
/// CAIRN_REFERENCE names. Parts missing in the other folder (<c>fit</c>, <c>callbacks</c>, <c>losses.json</c> …) are taken from here.
/// </summary>
internal static class ReferenceFile
{
    /// <summary>The folder Reference, regardless of the environment variable.</summary>
    public static readonly string Own = Path.Combine(AppContext.BaseDirectory, "Reference");

    private static readonly string? Other = Environment.GetEnvironmentVariable("CAIRN_REFERENCE") is { Length: > 0 } folder ? folder : null;

    /// <summary>Whether a part comes from the folder Reference, whose contents a test may know.</summary>
    public static bool IsOwn(string part) => PathOf(part).StartsWith(Own, StringComparison.Ordinal);

    /// <summary>The path of a file or folder of the reference data; large JSON files may be compressed with gzip.</summary>
    public static string PathOf(string relativePath)
    {
        if (Other is null)
        {
            return Existing(Own, relativePath) ?? Path.Combine(Own, relativePath);
        }

        if (!Directory.Exists(Other))
        {
            throw new DirectoryNotFoundException($"CAIRN_REFERENCE is '{Other}', which is not a folder.");
        }

        string part = relativePath.Split('/')[0];
        string root = Existing(Other, part) is null ? Own : Other;
        return Existing(root, relativePath) ?? Path.Combine(root, relativePath);
    }

    /// <summary>The names of a folder's JSON files, without extensions.</summary>
    public static IEnumerable<string> Names(string folder) => Directory.EnumerateFiles(PathOf(folder))
        .Select(path => Path.GetFileName(path).Replace(".gz", "", StringComparison.Ordinal))
        .Where(file => file.EndsWith(".json", StringComparison.Ordinal) && file != "index.json")
        .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal);

    public static JsonElement Read(string relativePath)
    {
        string path = PathOf(relativePath);
        using Stream file = File.OpenRead(path);
        using Stream text = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>A number; NaN and infinity are written as text.</summary>
    public static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => throw new InvalidDataException($"'{other}' is not a number."),
        }
        : element.GetDouble();

    private static string? Existing(string root, string relativePath) => new[] { relativePath, relativePath + ".gz" }
        .Select(name => Path.Combine(root, name)).FirstOrDefault(Path.Exists);
}
