using System.CommandLine;
using Cairn.Cli.Output;
using Cairn.Cli.Training;

namespace Cairn.Cli.Commands;

/// <summary><c>cairn train</c></summary>
internal static class TrainCommand
{
    public static Command Create(CommandConsole console)
    {
        var options = new TrainOptions();
        var command = new Command(
            "train",
            "Trains a model; without options, a classifier of the built-in handwritten digits. Reduces the learning rate when the "
                + "validation loss stops improving, saves "
            + "the best model, and stops when there is no further improvement. Ctrl-C stops after the current batch and keeps all files.");
        foreach (Option option in options.All)
        {
            command.Add(option);
        }

        command.SetAction(parsed => new TrainingRun(options.Read(parsed), console).Run());
        return command;
    }
}
