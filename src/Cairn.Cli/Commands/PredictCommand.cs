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
        var input = new Option<string>("--input") { Description = "The rows: a CSV file with a header, or a .npy file.", HelpName = "FILE", Required = true };
        var output = new Option<string>("--output")
        {
            Description = "Where the outputs go: a .npy file, or a .csv file with one column an output and, for classes, the most likely one.",
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
        var target = new Option<string?>("--target") { Description = "The CSV column that is no input and is left out; none by default.", HelpName = "NAME" };
        Option<int> batchSize = CommonOptions.BatchSize();
        var command = new Command("predict", "Computes the outputs of a saved model for rows of a file.") { model, input, output, target, batchSize };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model),
            DataSource.InputsOnly(parsed.GetRequiredValue(input), parsed.GetValue(target)),
            parsed.GetRequiredValue(output),
            parsed.GetValue(batchSize),
            console));
        return command;
    }

    private static int Run(string path, DataSet data, string output, int batchSize, CommandConsole console)
    {
        using Model model = ModelArgument.OpenTrained(path);
        using var threads = new Threads(model);
        NDArray predicted = model.Predict(data.ShapedFor(model.InputShape).All, batchSize, verbose: 0);
        if (DataSource.IsNpy(output))
        {
            NpyFile.Write(output, NpyArray.FromSingles(predicted.Shape.ToArray(), predicted.ToArray()));
        }
        else
        {
            bool isClassification = ModelArgument.TaskOf(model) == TaskKind.Classification;
            IReadOnlyList<string>? classes = isClassification ? ClassNames.Of(path, predicted.Shape[^1]) : null;
            string text = Csv(predicted, isClassification, classes);
            AtomicFile.Write(output, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        console.Line($"{predicted.Shape[0]} predictions of shape {predicted.Shape[1..]} written to {output}");
        return ExitCode.Success;
    }

    private static string Csv(NDArray predicted, bool isClassification, IReadOnlyList<string>? classes)
    {
        int rows = (int)predicted.Shape[0];
        float[] values = predicted.ToArray();
        int outputs = values.Length / rows;
        IEnumerable<string> names = Enumerable.Range(0, outputs).Select(index => classes is null ? $"output_{index}" : $"p({classes[index]})");
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
