using System.Text;
using Cairn.Layers;

namespace Cairn.Saving;

/// <summary>The vocabularies of layers in Keras archives: text files with one token per line, below <c>assets/</c>.</summary>
internal static class VocabularyFiles
{
    private const string Folder = "assets/";
    private const string FileName = "vocabulary.txt";

    /// <summary>The vocabulary files of a model.</summary>
    public static List<(string Member, byte[] Content)> Describe(Model model)
    {
        List<(string Member, byte[] Content)> files = [];
        foreach ((string path, Layer layer) in WeightsFile.Objects(model))
        {
            if (layer is IKeepsVocabulary keeper && keeper.VocabularyToSave() is { } tokens && VocabularyLines.Hold(tokens))
            {
                byte[] content = Encoding.UTF8.GetBytes(string.Join('\n', tokens));
                files.AddRange(
                    keeper.Folders.Select(folder => ($"{Folder}{path}/{(folder.Length == 0 ? "" : $"{folder}/")}{FileName}", content)));
            }
        }

        return files;
    }

    /// <summary>The vocabularies of an archive, by layer path.</summary>
    /// <exception cref="ModelFormatException">A vocabulary is too large, or not text.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(ZipMembers members, FileLimits limits)
    {
        Dictionary<string, IReadOnlyList<string>> found = new(StringComparer.Ordinal);
        long room = limits.MinimumReadBudget;
        foreach (string member in members.Assets.Where(name => name.EndsWith($"/{FileName}", StringComparison.Ordinal)))
        {
            byte[] content = members.Bytes(member, Math.Max(room, 1));
            room -= content.Length;
            found[member[Folder.Length..^(FileName.Length + 1)]] = Lines(content, member, members);
        }

        return found;
    }

    /// <summary>The number of weight values that a model's configuration contains.</summary>
    public static long NumbersInConfig(Model model) =>
        WeightsFile.Objects(model).Select(o => o.Layer).OfType<IKeepsVocabulary>().Sum(layer => layer.NumbersInConfig);

    /// <summary>Sets the vocabularies of a model's layers.</summary>
    /// <exception cref="ModelFormatException">A vocabulary does not fit its layer.</exception>
    public static void Load(Model model, IReadOnlyDictionary<string, IReadOnlyList<string>> vocabularies, string file)
    {
        if (vocabularies.Count == 0)
        {
            return;
        }

        foreach ((string path, Layer layer) in WeightsFile.Objects(model))
        {
            if (layer is not IKeepsVocabulary keeper)
            {
                continue;
            }

            foreach (string folder in keeper.Folders)
            {
                string place = folder.Length == 0 ? path : $"{path}/{folder}";
                if (!vocabularies.TryGetValue(place, out IReadOnlyList<string>? tokens))
                {
                    continue;
                }

                try
                {
                    keeper.LoadVocabulary(tokens);
                }
                catch (ArgumentException exception)
                {
                    throw new ModelFormatException(exception.Message, file, $"{Folder}{place}/{FileName}", exception);
                }

                break;
            }
        }
    }

    private static IReadOnlyList<string> Lines(byte[] content, string member, ZipMembers members)
    {
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (ArgumentException exception)
        {
            throw members.Failure("the vocabulary is not UTF-8 text.", member, exception);
        }

        List<string> lines = [.. text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n')];
        while (lines.Count > 0 && lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }
}
