using System.CommandLine;
using System.Globalization;
using System.Text;
using Cairn.Cli.Data;
using Cairn.Cli.Models;
using Cairn.Cli.Output;
using Cairn.Data;
using Cairn.Saving;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn predict</c></summary>
internal static class PredictCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> model = CommonOptions.Model();
        var input = new Option<string[]>("--input")
        {
            Description = "The rows: a CSV file with a header, or a .npy file. For a model with several inputs, give the option once per "
                + "input, in order or as NAME=FILE.",
            HelpName = "FILE",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string>("--output")
        {
            Description = "The file for the outputs: a .npy file, or a .csv file with one column per output and, for classification, a "
                + "column with the predicted class. For a model with several outputs, out.npy becomes out.NAME.npy for each; a .csv file "
                + "has the columns of all outputs.",
            HelpName = "FILE",
            Required = true,
        };
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !DataSource.IsNpy(path) && !IsCsv(path))
            {
                result.AddError($"--output is '{path}'; it must end in .npy or .csv.");
            }
        });
        var target = new Option<string?>("--target")
        {
            Description = "A CSV column to ignore, because it is not an input; none by default.",
            HelpName = "NAME"
        };
        Option<int> batchSize = CommonOptions.BatchSize();
        var command = new Command("predict", "Computes the outputs of a saved model for the rows of a file.")
            { model, input, output, target, batchSize };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model),
            parsed.GetRequiredValue(input),
            parsed.GetValue(target),
            parsed.GetRequiredValue(output),
            parsed.GetValue(batchSize),
            console));
        return command;
    }

    private static int Run(string path, string[] inputs, string? target, string output, int batchSize, CommandConsole console)
    {
        using Model model = ModelArgument.OpenTrained(path);
        using var threads = new Threads(model);
        IReadOnlyList<NDArray> predicted = model.PredictMany(NDArrays.Create(Inputs(model, inputs, target)), batchSize, verbose: 0);
        if (predicted.Count == 1)
        {
            Write(model, path, predicted[0], output);
            console.Line($"{predicted[0].Shape[0]} predictions of shape {predicted[0].Shape[1..]} written to {output}");
            return ExitCode.Success;
        }

        if (!DataSource.IsNpy(output))
        {
            string text = Csv(predicted, model.OutputNames);
            AtomicFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            console.Line($"{predicted[0].Shape[0]} predictions of {predicted.Count} outputs ({string.Join(", ", model.OutputNames)}) "
                + $"written to {output}");
            return ExitCode.Success;
        }

        for (int i = 0; i < predicted.Count; i++)
        {
            string file = Path.ChangeExtension(output, $".{Safe(model.OutputNames[i])}.npy");
            NpyFile.Write(file, NpyArray.FromSingles(predicted[i].Shape.ToArray(), predicted[i].ToArray()));
            console.Line($"{predicted[i].Shape[0]} predictions of '{model.OutputNames[i]}', of shape {predicted[i].Shape[1..]}, "
                + $"written to {file}");
        }

        return ExitCode.Success;
    }

    /// <summary>The arrays for the model's inputs, in the model's order, from files given in that order or by name.</summary>
    private static NDArray[] Inputs(Model model, string[] given, string? target)
    {
        IReadOnlyList<string> names = model.InputNames;
        string?[] files = new string?[names.Count];
        int next = 0;
        foreach (string one in given)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            int index = equals > 0 ? names.ToList().IndexOf(one[..equals]) : -1;
            if (equals > 0 && index < 0 && !File.Exists(one))
            {
                throw new CommandException($"the model has no input '{one[..equals]}'; it "
                    + $"has {string.Join(", ", names.Select(name => $"'{name}'"))}");
            }

            bool isNamed = index >= 0;
            index = isNamed ? index : next++;
            if (index >= files.Length || files[index] is not null)
            {
                throw new CommandException($"the model takes {names.Count} input{(names.Count == 1 ? "" : "s")} "
                    + $"({string.Join(", ", names)}); --input was given {given.Length} times");
            }

            files[index] = isNamed ? one[(equals + 1)..] : one;
        }

        int missing = Array.IndexOf(files, null);
        if (missing >= 0)
        {
            throw new CommandException($"there is no --input for the model's input '{names[missing]}'");
        }

        return [.. files.Select((file, i) => DataSource.InputsOnly(file!, target)
            .ShapedFor(model.InputShapes.Count > i ? model.InputShapes[i] : model.InputShape).All)];
    }

    private static void Write(Model model, string path, NDArray predicted, string output)
    {
        if (DataSource.IsNpy(output))
        {
            NpyFile.Write(output, NpyArray.FromSingles(predicted.Shape.ToArray(), predicted.ToArray()));
            return;
        }

        bool isClassification = ModelArgument.TaskOf(model) == TaskKind.Classification;
        IReadOnlyList<string>? classes = isClassification ? ClassNames.Of(path, predicted.Shape[^1]) : null;
        string text = Csv(predicted, isClassification, classes);
        AtomicFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The columns of all outputs, named after the output and, if it has several, numbered.</summary>
    private static string Csv(IReadOnlyList<NDArray> predicted, IReadOnlyList<string> names)
    {
        int rows = (int)predicted[0].Shape[0];
        float[][] values = [.. predicted.Select(one => one.ToArray())];
        var text = new StringBuilder(
            Row(values.SelectMany((one, i) => Enumerable.Range(0, one.Length / rows)
                .Select(k => one.Length == rows ? names[i] : $"{names[i]}_{k}"))));
        for (int row = 0; row < rows; row++)
        {
            text.Append(Row(values.SelectMany(one => one.Skip(row * (one.Length / rows)).Take(one.Length / rows))
                .Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        }

        return text.ToString();
    }

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '_'));

    private static string Csv(NDArray predicted, bool isClassification, IReadOnlyList<string>? classes)
    {
        int rows = (int)predicted.Shape[0];
        float[] values = predicted.ToArray();
        int outputs = values.Length / rows;
        IEnumerable<string> names = Enumerable.Range(0, outputs)
            .Select(index => classes is null ? $"output_{index}" : $"p({classes[index]})");
        var text = new StringBuilder(Row(isClassification ? names.Prepend("predicted") : names));
        for (int row = 0; row < rows; row++)
        {
            float[] one = values[(row * outputs)..((row + 1) * outputs)];
            IEnumerable<string> cells = one.Select(value => value.ToString("R", CultureInfo.InvariantCulture));
            if (isClassification)
            {
                int best = IndexOfLargest(one);
                cells = cells.Prepend(classes is null ? best.ToString(CultureInfo.InvariantCulture) : classes[best]);
            }

            text.Append(Row(cells));
        }

        return text.ToString();
    }

    private static string Row(IEnumerable<string> cells) => CsvRow.Of(cells, rowEnd: "\n");

    private static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int index = 1; index < values.Length; index++)
        {
            if (values[index] > values[best])
            {
                best = index;
            }
        }

        return best;
    }

    private static bool IsCsv(string path) => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
}
