using System.CommandLine;
using Cairn.Callbacks;
using Cairn.Cli.Histories;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn report</c></summary>
internal static class ReportCommand
{
    public static Command Create(CommandConsole console)
    {
        var path = new Argument<string>("HISTORY")
        {
            Description = "A history.csv of cairn train, a .csv or .json file of History.Save, or a file of Keras' CSVLogger.",
        };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The HTML file to write. Default: the history's name with .html.",
            HelpName = "FILE.html",
        };
        var title = new Option<string?>("--title") { Description = "The title. Default: the name of the file.", HelpName = "TEXT" };
        var model = new Option<string?>("--model")
        {
            Description = "A model whose summary and graph are included.",
            HelpName = "FILE",
        };
        var command = new Command(
            "report", "Writes a training run to one HTML file that opens in any browser: curves, events, best values, settings.")
        {
            path, output, title, model,
        };
        command.SetAction(parsed =>
        {
            string from = parsed.GetRequiredValue(path);
            string html = parsed.GetValue(output) ?? Path.ChangeExtension(from, ".html");
            if (Path.GetFullPath(html) == Path.GetFullPath(from))
            {
                throw new CommandException($"--output '{html}' is the history itself");
            }

            History history = HistoryFiles.Read(from);
            using Model? shown = parsed.GetValue(model) is { } file ? Model.Load(file) : null;
            history.ToHtml(html, parsed.GetValue(title), shown);
            console.Line($"{history.Epochs.Count} epochs and {history.Events.Count} events written to {html}");
            return ExitCode.Success;
        });
        return command;
    }
}
