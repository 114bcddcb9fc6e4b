using System.Text.Json;
using Cairn.Saving;

namespace Cairn.Cli.Histories;

/// <summary>The settings of a training in a file next to its history.</summary>
internal static class SettingsFile
{
    public static void Write(string path, IReadOnlyDictionary<string, string> settings) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        foreach ((string name, string value) in settings)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    });
}
