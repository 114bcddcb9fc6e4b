using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Cairn.Callbacks;
using Cairn.Saving;

namespace Cairn.CrashWorker;

/// <summary>The result of a run besides its files, bit for bit.</summary>
internal static class RunResult
{
    public static void Write(string path, Model model, History history)
    {
        var text = new StringBuilder();
        foreach (Variable variable in model.Weights.Concat(model.Optimizer!.SlotVariables))
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{variable} {Convert.ToHexString(MemoryMarshal.AsBytes(variable.ToNDArray().ToArray().AsSpan()))}");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{model.Optimizer.Steps} steps, learning rate {model.Optimizer.LearningRate:R}");
        text.AppendLine(CultureInfo.InvariantCulture, $"epochs {string.Join(" ", history.Epochs)}");
        foreach (string name in history.Keys)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{name} {string.Join(" ", history[name].Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}");
        }

        foreach (TrainingEvent happened in history.Events)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{happened} {happened.OldValue:R} {happened.NewValue:R}");
        }

        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
