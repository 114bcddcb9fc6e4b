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
            "Trains a model: without options a classifier of the built-in handwritten digits. The learning rate falls when the validation "
                + "loss stalls, the best "
            + "model is saved, and training stops when nothing gets better. Ctrl-C stops after the batch under way and keeps everything.");
        foreach (Option option in options.All)
        {
            command.Add(option);
        }

        command.SetAction(parsed => new TrainingRun(options.Read(parsed), console).Run());
        return command;
    }
}
