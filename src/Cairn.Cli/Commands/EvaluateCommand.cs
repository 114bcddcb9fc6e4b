using System.CommandLine;
using Cairn.Callbacks;
using Cairn.Cli.Data;
using Cairn.Cli.Models;
using Cairn.Cli.Output;
using Cairn.Cli.Training;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn evaluate</c></summary>
internal static class EvaluateCommand
{
    public static Command Create(CommandConsole console)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string?> data = CommonOptions.Data();
        Option<string?> target = CommonOptions.Target();
        Option<int> batchSize = CommonOptions.BatchSize();
        Option<double> validationSplit = CommonOptions.Checked(
            new Option<double>("--validation-split")
            {
                Description = "Evaluate only this fraction of the rows, from the end, as train does; 0 (default) for all rows.",
                HelpName = "FRACTION",
            },
            value => value is >= 0 and < 1,
            "0 or greater and less than 1");
        var command = new Command("evaluate", "Computes the loss and the metrics of a saved model.")
            { model, data, target, validationSplit, batchSize };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(model),
            DataSource.WithTarget(parsed.GetValue(data), parsed.GetValue(target)),
            parsed.GetValue(validationSplit),
            parsed.GetValue(batchSize),
            console));
        return command;
    }

    private static int Run(string path, DataSet data, double validationSplit, int batchSize, CommandConsole console)
    {
        using Model model = ModelArgument.OpenTrained(path);
        using var threads = new Threads(model);
        if (model.Loss is null)
        {
            throw new CommandException($"'{path}' has no loss: the model was saved without being compiled");
        }

        Targets targets = ModelArgument.ReadTargets(data, model, path, ModelArgument.TaskOf(model));
        data = data.ShapedFor(model.InputShape);
        int first = validationSplit == 0 ? 0 : TrainingTask.Split(data, validationSplit);
        Logs logs = model.Evaluate(data.Slice(first, data.Rows), targets.Slice(first, data.Rows), batchSize, verbose: 0);
        console.Line($"Data  {data.Name}: {(first == 0 ? $"all {data.Rows}" : $"the last {data.Rows - first}")} rows");
        if (data.Attribution is { } attribution)
        {
            console.Line($"      {attribution}");
        }

        console.Table(path, ["metric", ">value"], logs.Select(entry => new[] { entry.Key, Number.Exact(entry.Value) }));
        return ExitCode.Success;
    }
}
