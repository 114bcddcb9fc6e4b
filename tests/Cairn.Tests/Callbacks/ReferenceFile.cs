using System.IO.Compression;
using System.Text.Json;

namespace Cairn.Tests.Callbacks;

/// <summary>Reads the reference data in the folder Reference, where big JSON files are packed with gzip.</summary>
internal static class ReferenceFile
{
    public static JsonElement Read(string relativePath)
    {
        using var packed = new GZipStream(
            File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Reference", relativePath)), CompressionMode.Decompress);
        using var document = JsonDocument.Parse(packed);
        return document.RootElement.Clone();
    }

    /// <summary>A number; NaN and the infinities are written as text.</summary>
    public static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var other => throw new InvalidDataException($"'{other}' is not a number."),
        }
        : element.GetDouble();
}
