using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Cairn.Cli.Commands;
using Cairn.Cli.Output;

namespace Cairn.Cli;

/// <summary>The whole command, from arguments to exit code.</summary>
internal static class CommandLine
{
    private const string Name = "cairn";

    /// <summary>Runs one command.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="output">Results and progress.</param>
    /// <param name="error">Errors and warnings.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        ParseResult parsed = Root(new CommandConsole(output, error)).Parse(args);
        if (parsed.Action is ParseErrorAction problem)
        {
            problem.ShowHelp = false;
        }

        try
        {
            int code = parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                // Long-running commands handle signals themselves.
                ProcessTerminationTimeout = null,
            });
            if (parsed.Errors.Count == 0)
            {
                return code;
            }

            string command = parsed.CommandResult.Command.Name is Name ? Name : $"{Name} {parsed.CommandResult.Command.Name}";
            error.WriteLine($"See: {command} --help");
            return ExitCode.Usage;
        }
        catch (Exception exception)
        {
            error.WriteLine($"cairn: {Printable.Of(Shortened.Message(Failure.Describe(exception)), keepLines: true)}");
            return ExitCode.Failure;
        }
    }

    // Not a RootCommand, which has the name of the assembly.
    private static Command Root(CommandConsole console) =>
        new(Name, $"Trains, evaluates, inspects, converts and plots models in Keras' file formats, predicts with "
        + $"them, and shows runs in the browser.\n\n{ExitCode.Help}")
    {
        new HelpOption(),
        new VersionOption(),
        TrainCommand.Create(console),
        EvaluateCommand.Create(console),
        PredictCommand.Create(console),
        InspectCommand.Create(console),
        ConvertCommand.Create(console),
        PlotCommand.Create(console),
        ReportCommand.Create(console),
        ServeCommand.Create(console),
    };
}
