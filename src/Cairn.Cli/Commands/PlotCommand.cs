using System.CommandLine;
using Cairn.Callbacks;
using Cairn.Cli.Histories;
using Cairn.Cli.Output;
using Cairn.Plotting;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn plot</c></summary>
internal static class PlotCommand
{
    private const int MostRuns = 8;

    public static Command Create(CommandConsole console)
    {
        var histories = new Argument<string[]>("HISTORY")
        {
            Description = "A history.csv of cairn train, a .csv or .json file of History.Save, or a file of Keras' CSVLogger. Several are "
                + "plotted side by side on the same axes.",
            Arity = new ArgumentArity(1, MostRuns),
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The PNG file to write. Default: the history's name with .png, or runs.png next to the first of "
                + "several histories.",
            HelpName = "FILE.png",
        };
        var title = new Option<string?>("--title")
        {
            Description = "The title of a single history (default: the name of the file). Several histories are titled with the names of "
                + "their files or folders.",
            HelpName = "TEXT",
        };
        Option<int?> width = Pixels("--width", "Width in pixels; 1200 for one history, 800 for each of several.");
        Option<int?> height = Pixels("--height", "Height in pixels; 1000, or more if there are many metrics.");
        var command = new Command(
            "plot", "Plots the loss, the metrics and the learning rate of training runs, with markers where callbacks acted (from the "
            + ".events.json file next to the history).")
        {
            histories, output, title, width, height,
        };
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetRequiredValue(histories);
            if (paths.Length > 1 && parsed.GetValue(title) is not null)
            {
                throw new CommandException("--title is for one history; several are titled with the names of their files or folders");
            }

            string png = parsed.GetValue(output)
                ?? (paths.Length == 1 ? Path.ChangeExtension(paths[0], ".png")
                : Path.Combine(Path.GetDirectoryName(paths[0])!, "runs.png"));
            if (paths.FirstOrDefault(path => Path.GetFullPath(path) == Path.GetFullPath(png)) is not null)
            {
                throw new CommandException($"--output '{png}' is the history itself");
            }

            string[] names = paths.Length == 1 ? [parsed.GetValue(title) ?? Path.GetFileName(paths[0])] : HistoryFiles.NamesOf(paths);
            KeyValuePair<string, History>[] runs =
                [.. names.Zip(paths, (name, path) => KeyValuePair.Create(name, HistoryFiles.Read(path)))];
            runs.Plot(png, parsed.GetValue(width), parsed.GetValue(height));
            console.Line($"{runs.Sum(run => run.Value.Epochs.Count)} epochs and {runs.Sum(run => run.Value.Events.Count)} events "
                + $"plotted to {png}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Option<int?> Pixels(string name, string description) => CommonOptions.Checked(
        new Option<int?>(name) { Description = description, HelpName = "PIXELS" },
        value => value is null or (>= Picture.Smallest and <= Picture.Largest),
        $"an integer from {Picture.Smallest} to {Picture.Largest}");
}
