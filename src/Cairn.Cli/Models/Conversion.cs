using Cairn.Cli.Output;
using Cairn.Saving;

namespace Cairn.Cli.Models;

/// <summary>Converts a model or its weights from one format to another.</summary>
internal static class Conversion
{
    public const string Sources = ".keras or .h5 for a whole model; .weights.h5, .weights.json, .safetensors or .dat for weights";
    public const string Targets = ".keras, .h5, .weights.h5, .safetensors, .dat, or .json for the architecture only";

    /// <summary>Converts a file.</summary>
    /// <param name="source">The file to read.</param>
    /// <param name="target">The file to write.</param>
    /// <param name="modelPath">The model of the weights in <paramref name="source"/>; null for none.</param>
    /// <returns>A short description of what was written.</returns>
    /// <exception cref="CommandException">The formats or their contents do not allow the conversion.</exception>
    public static string Run(string source, string target, string? modelPath)
    {
        ModelArgument.RequireFile(source);
        var from = ModelFile.Of(source);
        ModelFile to = ModelFile.Named(target)
            ?? throw new CommandException($"'{target}' can't be written: its extension must be one of {Targets}");
        Check(source, target, from, to, modelPath);
        if (modelPath is null && from is NamedWeightsFile saved && to is NamedWeightsFile written)
        {
            return Copy(source, target, saved, written);
        }

        if (modelPath is null && !from.HoldsModel)
        {
            throw new CommandException(
                $"'{source}' contains weights without their model, which '{target}' needs; pass the model's file with --model.");
        }

        using Model model = ModelArgument.Open(modelPath ?? source);
        if (modelPath is not null)
        {
            model.LoadWeights(source);
            if (model.LoadWarnings.Count > 0 && to is WeightsFile)
            {
                throw new CommandException($"'{source}': {model.LoadWarnings[0]}");
            }
        }

        return Write(model, source, target, to);
    }

    private static string Write(Model model, string source, string target, ModelFile to)
    {
        if (to is ArchitectureFile)
        {
            AtomicFile.Write(target, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(model.ToJson())));
            return $"the architecture of '{model.Name}'";
        }

        string weights = $"{model.Weights.Count} weights with {Number.Count(model.CountParams())} parameters";
        if (!to.HoldsModel)
        {
            model.SaveWeights(target);
            return to.HoldsOptimizer && model.Optimizer is { } optimizer ? $"{weights}, and the state of {optimizer.ClassName}" : weights;
        }

        // Keeps the remarks of a checkpoint.
        model.Save(target, Model.ReadRemarks(source));
        return $"the model '{model.Name}', {weights}";
    }

    // Files that store weights by name need no model.
    private static string Copy(string source, string target, NamedWeightsFile from, NamedWeightsFile to)
    {
        using NamedWeights weights = from.Read(source);
        AtomicFile.Write(target, stream => to.Write(stream, weights.Weights, carriesChecksum: false));
        return $"{weights.Weights.Count} weights with {Number.Count(weights.Weights.Sum(weight => weight.ElementCount))} parameters";
    }

    private static void Check(string source, string target, ModelFile from, ModelFile to, string? modelPath)
    {
        if (from is ArchitectureFile)
        {
            throw new CommandException($"'{source}' is an architecture without weights; train it first: cairn train --model {source}");
        }

        if (!to.IsWritten)
        {
            throw new CommandException($"'{target}' can't be written: weights split over several files are read only; use the extension "
                + ".weights.h5");
        }

        if (Path.GetFullPath(source) == Path.GetFullPath(target))
        {
            throw new CommandException($"'{source}' and '{target}' are the same file");
        }

        if (modelPath is not null && from.HoldsModel)
        {
            throw new CommandException($"--model is for weights files; '{source}' contains its model");
        }

        if (modelPath is not null && to is ArchitectureFile)
        {
            throw new CommandException($"'{target}' would contain nothing of '{source}': an architecture has no weights");
        }
    }
}
