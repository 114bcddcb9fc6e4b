using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Stops training when the loss becomes NaN or infinite. Keras: <c>callbacks.TerminateOnNaN</c>.</summary>
/// <remarks>It reads the loss after every batch, which requires computing it.</remarks>
public sealed class TerminateOnNaN : Callback
{
    /// <summary>Creates the callback.</summary>
    /// <param name="raiseError">
    /// Whether to throw an exception instead of stopping normally; <see cref="Callback.OnTrainEnd"/> of other callbacks is then not called.
    /// Default false.
    /// </param>
    public TerminateOnNaN(bool raiseError = false) => RaiseError = raiseError;

    /// <summary>Whether an exception is thrown instead of stopping normally.</summary>
    public bool RaiseError { get; }

    /// <inheritdoc/>
    /// <exception cref="NotFiniteNumberException">The loss is NaN or infinite and <see cref="RaiseError"/> is set.</exception>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (!logs.TryGetValue("loss", out double loss) || double.IsFinite(loss))
        {
            return;
        }

        Record(EventKind.TrainingStopped, $"loss is {PythonNumber.Repr(loss)} at batch {batch}", newValue: loss);
        if (RaiseError)
        {
            throw new NotFiniteNumberException(
                $"NaN or Inf loss encountered at batch {batch}. Loss value: {PythonNumber.Repr(loss)}. Terminating training "
                + "immediately.", loss);
        }

        Print($"Batch {batch}: Invalid loss, terminating training");
        Model.StopTraining = true;
    }

    /// <inheritdoc/>
    /// <returns>An empty state.</returns>
    public override SavedState? SaveState() => new();

    internal static TerminateOnNaN FromConfig(ConfigReader config) => new(config.Bool("raise_error", false));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["raise_error"] = RaiseError;
    }
}
