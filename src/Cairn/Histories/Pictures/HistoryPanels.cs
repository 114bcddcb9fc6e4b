namespace Cairn.Callbacks;

/// <summary>Which values of a history share a chart, the order of the charts, and their axes.</summary>
internal static class HistoryPanels
{
    public const string LearningRate = "learning_rate";
    private const string Validation = "val_";

    /// <summary>The names in each chart: the loss first, then each metric with its validation value, the learning rate last.</summary>
    public static List<string[]> Of(IEnumerable<History> histories)
    {
        HashSet<string> names = [.. histories.SelectMany(history => history.Keys)];
        List<string[]> panels = [];
        IEnumerable<string> stems = names.Where(name => name != LearningRate).Select(Stem).Distinct();
        foreach (string? stem in stems.OrderBy(stem => stem == "loss" ? 0 : 1).ThenBy(stem => stem, StringComparer.Ordinal))
        {
            panels.Add([.. new[] { stem, Validation + stem }.Where(names.Contains)]);
        }

        if (names.Contains(LearningRate))
        {
            panels.Add([LearningRate]);
        }

        return panels;
    }

    /// <summary>The title of a chart.</summary>
    public static string Title(string[] names) => Stem(names[0]).Replace('_', ' ');

    /// <summary>Whether the axis of a chart is logarithmic: learning rates are compared by ratio.</summary>
    public static bool IsLogarithmic(string[] names) => names is [LearningRate];

    private static string Stem(string name) => name.StartsWith(Validation, StringComparison.Ordinal) ? name[Validation.Length..] : name;
}
