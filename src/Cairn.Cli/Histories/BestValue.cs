using Cairn.Callbacks;
using Cairn.Cli.Output;

namespace Cairn.Cli.Histories;

/// <summary>The epoch and the value for which a model was saved.</summary>
internal static class BestValue
{
    /// <summary>The remarks in the file, and what the history next to it records about the file.</summary>
    public static IEnumerable<(string Name, string Value)> Of(string modelPath)
    {
        foreach ((string name, string value) in Model.ReadRemarks(modelPath))
        {
            yield return (name, value);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(modelPath))!;
        string csv = Path.Combine(folder, "history.csv");
        if (!File.Exists(csv))
        {
            yield break;
        }

        TrainingEvent? saved = HistoryFiles.Read(csv).Events.LastOrDefault(one =>
            one.Kind == EventKind.ModelSaved && Path.GetFileName(one.Path) == Path.GetFileName(modelPath));
        if (saved is null)
        {
            yield break;
        }

        yield return ("saved after epoch", (saved.Epoch + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (saved.NewValue is { } value2)
        {
            yield return ("monitored value", $"{Number.Exact(value2)} ({saved.Message})");
        }
    }
}
