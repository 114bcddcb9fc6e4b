using System.CommandLine;
using Cairn.Cli.Histories;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn plot</c></summary>
internal static class PlotCommand
{
    private const int Smallest = 300;
    private const int Largest = 8000;

    public static Command Create(CommandConsole console)
    {
        var history = new Argument<string>("HISTORY") { Description = "A history.csv of cairn train, or a file of Keras' CSVLogger." };
        var output = new Option<string?>("--output", "-o") { Description = "The PNG file to write; by default the history's name with .png.", HelpName = "FILE.png" };
        var title = new Option<string?>("--title") { Description = "What stands above; by default the name of the file.", HelpName = "TEXT" };
        Option<int> width = Pixels("--width", HistoryPlot.DefaultWidth);
        Option<int> height = Pixels("--height", HistoryPlot.DefaultHeight);
        var command = new Command(
            "plot", "Draws the loss, the metrics and the learning rate of a training, with marks where callbacks acted (from the .events.json beside the history).")
        {
            history, output, title, width, height,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(history);
            string png = parsed.GetValue(output) ?? Path.ChangeExtension(path, ".png");
            if (Path.GetFullPath(png) == Path.GetFullPath(path)) throw new CommandException($"--output '{png}' is the history itself");
            HistoryTable table = HistoryFile.Read(path);
            HistoryPlot.Write(png, table, parsed.GetValue(title) ?? Path.GetFileName(path), parsed.GetValue(width), parsed.GetValue(height));
            console.Line($"{table.Epochs.Count} epochs and {table.Events.Count} events drawn to {png}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Option<int> Pixels(string name, int standard) => CommonOptions.Checked(
        new Option<int>(name) { Description = "Size in pixels.", HelpName = "PIXELS", DefaultValueFactory = _ => standard },
        value => value is >= Smallest and <= Largest,
        $"a whole number of {Smallest} to {Largest}");
}
