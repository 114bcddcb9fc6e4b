using System.CommandLine;
using System.Text.Json.Nodes;
using Cairn.Cli.Histories;
using Cairn.Cli.Models;
using Cairn.Cli.Output;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Saving;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn inspect</c></summary>
internal static class InspectCommand
{
    public static Command Create(CommandConsole console)
    {
        var model = new Argument<string>("MODEL")
        {
            Description = $"{char.ToUpperInvariant(ModelArgument.Kinds[0])}{ModelArgument.Kinds[1..]}; or a .weights.h5, .weights.json, "
            + ".safetensors or .dat weights file."
        };
        var command = new Command("inspect", "Shows the layers, the optimizer and the training configuration of a model, or the contents "
            + "of a weights file.") { model };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(model), console));
        return command;
    }

    private static int Run(string path, CommandConsole console)
    {
        ModelArgument.RequireFile(path);
        var format = ModelFile.Of(path);
        if (format is { HoldsModel: false, HoldsWeights: true })
        {
            return RunOnWeights(path, format, console);
        }

        Model opened;
        try
        {
            opened = ModelArgument.Open(path);
        }
        catch (Exception exception)
            when (exception is ModelFormatException or CommandException && ArchitectureListing.Of(path) is { Count: > 0 } rows)
        {
            return RunOnNames(path, format, rows, exception, console);
        }

        using Model model = opened;
        console.Line($"{path}: {model.ClassName} '{model.Name}'");
        console.Table("Layers", ["layer", "class", "output shape", ">parameters", "trainable"], Layers(model));
        long trainable = model.TrainableWeights.Sum(weight => weight.Shape.ElementCount);
        console.Line($"{Number.Count(model.CountParams())} parameters, {Number.Count(trainable)} of them trainable");
        if (!model.Compiled)
        {
            console.Line();
            console.Line(model.LoadWarnings.Count > 0
                ? "The model is not compiled: the compile configuration in the file can't be used; see the warning."
                : "The model is not compiled: the file has no compile configuration.");
            return ExitCode.Success;
        }

        console.Table("Optimizer", ["setting", "value"], Optimizer(model));
        console.Table("Training", ["setting", "value"], Training(model, path));
        return ExitCode.Success;
    }

    // The names in the file can be listed even if the model can't be loaded.
    private static int RunOnNames(string path, ModelFile format, IReadOnlyList<string[]> rows, Exception problem, CommandConsole console)
    {
        console.Line($"{path}: a model that can't be loaded");
        console.Table("Layers", ["layer", "class", "note"], rows);
        if (format.HoldsWeights)
        {
            (IReadOnlyList<string[]> weights, long count) = WeightsListing.Of(path);
            console.Line($"{Number.Count(weights.Count)} arrays, {Number.Count(count)} elements");
        }

        console.Line();
        console.Line(problem.Message);
        return ExitCode.Success;
    }

    private static int RunOnWeights(string path, ModelFile format, CommandConsole console)
    {
        (IReadOnlyList<string[]> rows, long count) = WeightsListing.Of(path);
        console.Line(
            $"{path}: weights without a model, {(format is ShardedWeights ? "in several files" : Number.Size(new FileInfo(path).Length))}");
        console.Table("Weights", ["name", "owner", "type", "shape", ">elements"], rows);
        console.Line($"{Number.Count(rows.Count)} arrays, {Number.Count(count)} elements");
        return ExitCode.Success;
    }

    private static IEnumerable<string[]> Layers(Model model)
    {
        if (model.InputShape is { } input)
        {
            yield return ["(input)", "", input.ToString(), "0", ""];
        }

        foreach (Layer layer in model.Layers)
        {
            long count = layer.CountParams();
            string trained = count == 0 ? "" : layer.TrainableWeights.Count == 0 ? "no"
                : layer.TrainableWeights.Count == layer.Weights.Count ? "yes" : "partly";
            yield return [layer.Name, layer.ClassName, layer.OutputShape?.ToString() ?? "?", Number.Count(count), trained];
        }
    }

    private static IEnumerable<string[]> Optimizer(Model model)
    {
        yield return ["class", model.Optimizer!.ClassName];
        yield return ["steps taken", Number.Count(model.Optimizer.Iterations)];
        foreach ((string name, JsonNode? value) in model.Optimizer.GetConfig())
        {
            // Leaves out unset values and EMA settings.
            if (value is not null && !name.Contains("ema", StringComparison.Ordinal))
            {
                yield return [name, Text(value)];
            }
        }
    }

    private static IEnumerable<string[]> Training(Model model, string path)
    {
        yield return ["loss", model.Loss is { } loss ? $"{loss.ClassName} '{loss.Name}'" : "none"];
        if (model.Loss is not null)
        {
            yield return ["reduction", model.Loss.Reduction];
        }

        Metric[] metrics = [.. model.MetricSet!.Compiled.SelectMany(m => m)];
        yield return ["metrics", metrics.Length == 0 ? "none" : string.Join(", ", metrics.Select(metric => metric.Name))];
        if (ModelArgument.IsArchitecture(path))
        {
            yield break;
        }

        foreach ((string name, string value) in BestValue.Of(path))
        {
            yield return [name, value];
        }
    }

    private static string Text(JsonNode value) =>
        value is JsonValue plain && plain.TryGetValue(out double number) ? Number.Exact(number) : value.ToJsonString().Trim('"');
}
