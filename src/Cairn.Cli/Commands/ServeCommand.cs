using System.CommandLine;
using Cairn.Callbacks;
using Cairn.Cli.Output;
using Cairn.Cli.Training;
using Cairn.Dashboard.Folders;
using Cairn.Dashboard.Runs;
using Cairn.Dashboard.Server;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn serve</c></summary>
internal static class ServeCommand
{
    public static Command Create(CommandConsole console)
    {
        var folder = new Argument<string>("FOLDER")
        {
            Description = "The folder with runs: histories (.json, .csv), files of Keras' CSVLogger, TensorBoard's event files of "
                + "Cairn, Keras and "
                + "PyTorch, and backups. Links are not followed.",
            DefaultValueFactory = _ => ".",
        };
        Option<int?> port = CommonOptions.Port("--port", "The port of the page.", ArgumentArity.ExactlyOne);
        var host = new Option<string>("--host")
        {
            Description = "Where to listen: localhost, or an IP address of this machine; 0.0.0.0 for all. Everybody who reaches it can "
                + "see the runs.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => ServerSettings.Localhost,
        };
        var command = new Command(
            "serve",
            "Shows the runs of a folder in the browser: a table with filters, curves over each other, and differences of settings. "
            + "RemoteMonitor of Keras and Cairn can post to it. Ctrl-C ends it.")
        {
            folder, port, host,
        };
        command.SetAction(parsed => Run(
            console, parsed.GetRequiredValue(folder), parsed.GetValue(port) ?? LivePage.DefaultPort, parsed.GetRequiredValue(host)));
        return command;
    }

    private static int Run(CommandConsole console, string folder, int port, string host)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"there is no folder '{folder}'");
        }

        ServerSettings.Check(port, host);
        using var interruption = new Interruption(console.Error, "cairn: ending the page");
        var catalog = new RunCatalog();
        using var runs = RunFolder.Open(folder, catalog);
        using var server = DashboardServer.Start(new ServerSettings { Port = port, Host = host }, catalog);
        int count = catalog.All.Length;
        console.Line($"{count} {(count == 1 ? "run" : "runs")} in {folder}: {server.AddressWithToken}");
        interruption.Token.WaitHandle.WaitOne();
        return interruption.Code ?? ExitCode.Success;
    }
}
