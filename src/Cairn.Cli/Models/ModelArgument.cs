using Cairn.Cli.Data;
using Cairn.Losses;
using Cairn.Saving;

namespace Cairn.Cli.Models;

/// <summary>Opens model files.</summary>
internal static class ModelArgument
{
    public const string Kinds = "a Keras .h5 or .keras file with a whole model, or an architecture in JSON (to_json)";

    /// <summary>Opens a trained model or an architecture.</summary>
    /// <exception cref="CommandException">The file does not exist.</exception>
    public static Model Open(string path)
    {
        RequireFile(path);
        if (!IsArchitecture(path))
        {
            return Model.Load(path);
        }

        try
        {
            return Model.FromJson(File.ReadAllText(path));
        }
        catch (ModelFormatException exception)
        {
            throw new CommandException($"'{path}': {exception.Message}", exception);
        }
    }

    /// <summary>Throws if there is no file at a path.</summary>
    /// <exception cref="CommandException">The path does not exist, or is a folder.</exception>
    public static void RequireFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException($"'{path}' is a folder; a file is expected");
        }

        if (!File.Exists(path))
        {
            throw new CommandException($"there is no file '{path}'");
        }
    }

    /// <summary>Opens a model that can be evaluated.</summary>
    /// <exception cref="CommandException">The file does not exist, or is an architecture without weights.</exception>
    public static Model OpenTrained(string path)
    {
        RequireFile(path);
        if (IsArchitecture(path))
        {
            throw new CommandException($"'{path}' is an architecture without weights; train it first: cairn train --model {path}");
        }

        return Open(path);
    }

    /// <summary>Whether a file contains the layers of a model without weights.</summary>
    public static bool IsArchitecture(string path) => ModelFile.Of(path) is ArchitectureFile;

    /// <summary>The kind of targets that the loss of a compiled model needs; null if the model is not compiled.</summary>
    public static TaskKind? TaskOf(Model model) => model.Loss switch
    {
        null => null,
        SparseCategoricalCrossentropy or CategoricalGeneralizedCrossEntropy => TaskKind.Classification,
        { } loss when TakesOneHot(loss) => TaskKind.Classification,
        CrossentropyByShape when model.OutputShape is { } shape && shape[^1] > 1 => TaskKind.Classification,
        _ => TaskKind.Regression,
    };

    private static bool TakesOneHot(Loss loss) => loss is CategoricalCrossentropy or CategoricalFocalCrossentropy or CategoricalHinge;

    /// <summary>Targets in the form that the model's loss needs.</summary>
    public static Targets ReadTargets(DataSet data, Model model, string? path, TaskKind? task)
    {
        long outputs = model.OutputShape is { } shape ? shape[^1] : 0;
        IReadOnlyList<string>? known = path is null || task != TaskKind.Classification ? null
            : ClassNames.Of(path, outputs) ?? PlainNumbers(data, outputs);
        // Several numbers per row are already one column per class.
        Targets targets = data.ReadTargets(data.Target is null ? null : task, known);
        if (model.Loss is not { } loss || !TakesOneHot(loss) || data.Target is null)
        {
            return targets;
        }

        if (targets.Classes.Count != outputs)
        {
            throw new CommandException($"the model has {outputs} classes; the column '{data.Target.Name}' has {targets.Classes.Count}");
        }

        return targets.OneHot();
    }

    // Without names, a class is its index, so that data in which a class does not occur are still read correctly.
    private static string[]? PlainNumbers(DataSet data, long outputs) =>
        data.Target?.Texts.All(text => int.TryParse(text, out int number) && number >= 0 && number < outputs) == true
            ? [.. Enumerable.Range(0, (int)outputs).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))]
            : null;
}
