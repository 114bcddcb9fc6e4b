using System.CommandLine;
using Cairn.Cli.Models;
using Cairn.Cli.Output;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn convert</c></summary>
internal static class ConvertCommand
{
    public static Command Create(CommandConsole console)
    {
        var source = new Argument<string>("SOURCE") { Description = $"The file to read: {Conversion.Sources}." };
        var target = new Argument<string>("TARGET")
        {
            Description = $"The file to write. Its extension determines the "
            + $"format: {Conversion.Targets}. An existing file is replaced."
        };
        var model = new Option<string?>("--model")
        {
            Description = "The model of the weights in SOURCE: a file with a whole model, or an architecture in JSON (to_json).",
            HelpName = "FILE",
        };
        var command = new Command("convert", "Converts a model or its weights to another format.") { source, target, model };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(source), parsed.GetRequiredValue(target), parsed.GetValue(model), console));
        return command;
    }

    private static int Run(string source, string target, string? model, CommandConsole console)
    {
        string what = Conversion.Run(source, target, model);
        console.Line($"{target}: {what}, {Number.Size(new FileInfo(target).Length)}");
        return ExitCode.Success;
    }
}
