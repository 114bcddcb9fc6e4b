using System.Globalization;

namespace Cairn.Cli.Training;

/// <summary>The command that continues an interrupted training.</summary>
internal static class GoingOn
{
    // Replaced by new values, or already part of the saved model.
    private static readonly string[] Replaced = ["--model", "--initial-epoch"];
    private static readonly string[] PartOfTheModel = ["--learning-rate", "--optimizer"];

    public static string Command(TrainSettings settings, string? model, int initialEpoch)
    {
        var words = new List<string> { "cairn", "train" };
        string[] dropped = model is null ? ["--initial-epoch"] : [.. Replaced, .. PartOfTheModel];
        for (int index = 0; index < settings.Arguments.Count; index++)
        {
            string word = settings.Arguments[index];
            string name = word.Split('=', ':')[0];
            if (!dropped.Contains(name))
            {
                words.Add(Quoted(word));
            }
            else if (name == word)
            {
                index++;
            }
        }

        if (model is not null)
        {
            words.AddRange(["--model", Quoted(model)]);
        }

        if (initialEpoch > 0)
        {
            words.AddRange(["--initial-epoch", initialEpoch.ToString(CultureInfo.InvariantCulture)]);
        }

        return string.Join(' ', words);
    }

    /// <summary>The command as it was given.</summary>
    public static string SameCommand(TrainSettings settings) => string.Join(' ', ["cairn", "train", .. settings.Arguments.Select(Quoted)]);

    private static string Quoted(string word) => word.Length > 0 && !word.Any(c => char.IsWhiteSpace(c) || "'\"$`\\*?&|;<>()".Contains(c))
        ? word
        : OperatingSystem.IsWindows() ? $"\"{word}\"" : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
