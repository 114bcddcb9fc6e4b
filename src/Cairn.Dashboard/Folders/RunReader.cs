using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Saving;
using Cairn.Saving.Runs;

namespace Cairn.Dashboard.Folders;

/// <summary>Reads the files of a run. The files are untrusted: sizes are bounded, and nothing in them is executed.</summary>
internal static class RunReader
{
    private const int MostSettingsBytes = 1 << 20;
    private const int MostSettings = 500;
    private const int MostOfASetting = 500;
    private static readonly string[] TimerNames = ["epoch_seconds", "seconds"];

    /// <summary>Reads a run.</summary>
    /// <exception cref="ModelFormatException">A file is malformed.</exception>
    /// <exception cref="IOException">A file can't be read.</exception>
    public static LoadedRun Read(FoundRun found) => found.Kind switch
    {
        RunFileKind.Json => Of(History.Load(found.Path)),
        RunFileKind.Csv => OfCsv(found.Path),
        RunFileKind.Backup => OfBackup(found.Files[0].FullName),
        _ => EventFileRun.Read(found),
    };

    private static LoadedRun Of(History history) => new(history, history.Settings, SecondsOf(history));

    private static LoadedRun OfCsv(string path)
    {
        History history = HistoryCsv.Read(path);
        string settings = Path.ChangeExtension(path, ".settings.json");
        return new LoadedRun(history, File.Exists(settings) ? Settings(settings) : history.Settings, SecondsOf(history));
    }

    private static LoadedRun OfBackup(string path)
    {
        if (RunFile.TryReadHistory(path) is { } found)
        {
            return OfBackup(path, found.Identity, found.History);
        }

        RunSnapshot snapshot = RunFile.ReadStates(path);
        var history = new History();
        foreach (SavedState? state in snapshot.Parts.Values)
        {
            if (state?.Values is { } values && values.ContainsKey("names") && values.ContainsKey("rows") && values.ContainsKey("epochs"))
            {
                try
                {
                    history.LoadState(state);
                    history.RequireWhole();
                }
                catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException
                    or NullReferenceException or ArgumentException)
                {
                    throw new ModelFormatException($"its history is invalid ({exception.Message})", path, innerException: exception);
                }

                break;
            }
        }

        return OfBackup(path, snapshot.Identity, history);
    }

    private static LoadedRun OfBackup(string path, string description, History history)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        JsonObject identity = ModelJson.ParseObject(description, path, "identity", FileLimits.OfRuns);
        identity.Remove("weights");
        identity.Remove("model");
        Flatten(settings, "", identity, depth: 0);
        return new LoadedRun(history, settings, SecondsOf(history));
    }

    /// <summary>Settings in a separate file: a JSON object, with the names of nested objects joined by dots.</summary>
    private static SortedDictionary<string, string> Settings(string path)
    {
        if (new FileInfo(path).Length > MostSettingsBytes)
        {
            throw new ModelFormatException($"the settings have more than {MostSettingsBytes} bytes.", path);
        }

        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(settings, "", ModelJson.ParseObject(File.ReadAllBytes(path), path, null), depth: 0);
        return settings;
    }

    private static void Flatten(SortedDictionary<string, string> settings, string name, JsonNode? node, int depth)
    {
        if (settings.Count >= MostSettings)
        {
            return;
        }

        switch (node)
        {
            case JsonObject inner when depth < 6:
                foreach ((string key, JsonNode? value) in inner)
                {
                    // Keras objects: the class name, followed by the settings.
                    string next = key is "config" ? name : key is "class_name" && name.Length > 0 ? name
                        : name.Length == 0 ? key : $"{name}.{key}";
                    if (key is not ("module" or "registered_name"))
                    {
                        Flatten(settings, next, value, depth + 1);
                    }
                }

                break;
            case null:
                break;
            case JsonArray list when list.All(item => item is JsonValue):
                settings[name] = Short(string.Join(", ", list.Select(Text)));
                break;
            case JsonArray:
                settings[name] = Short(node.ToJsonString());
                break;
            default:
                settings[name] = Short(Text(node));
                break;
        }
    }

    private static string Text(JsonNode? node) =>
        node is null ? "null" : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();

    private static string Short(string text) => text.Length <= MostOfASetting ? text : text[..MostOfASetting] + "…";

    private static double? SecondsOf(History history)
    {
        foreach (string name in TimerNames)
        {
            if (history.TryGetValue(name, out IReadOnlyList<double>? seconds))
            {
                return seconds.Where(double.IsFinite).Sum();
            }
        }

        return null;
    }
}
