using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Training;

namespace Cairn;

// Hints at code that is valid but probably a mistake; each is shown once.
public abstract partial class Model
{
    private readonly HashSet<string> hints = new(StringComparer.Ordinal);

    /// <summary>Shows the hints about the compiled metrics and the layers, when a run begins.</summary>
    internal void TellHints(CallbackList callbacks, IReadOnlyList<OutputLoss> losses, bool validates)
    {
        foreach (string hint in metrics!.Hints(losses))
        {
            TellOnce(callbacks, hint);
        }

        if (validates && SelfAndParts(this).OfType<RecurrentLayer>().FirstOrDefault(layer => layer.Stateful) is { } stateful)
        {
            TellOnce(
                callbacks,
                $"The validation after an epoch starts from the states of the stateful layer '{stateful.Name}' and changes them, "
                    + $"as in Keras; "
                + "to keep training and validation apart, call ResetState in OnTestBegin and OnEpochBegin of a callback.");
        }
    }

    /// <summary>Shows the hints about results that are not meaningful, after an epoch or an evaluation.</summary>
    internal void TellDoubts(CallbackList callbacks)
    {
        foreach (Metric metric in Metrics)
        {
            if (metric.Doubt is { } doubt)
            {
                TellOnce(callbacks, doubt);
            }
        }
    }

    private void TellOnce(CallbackList callbacks, string hint)
    {
        if (hints.Add(hint))
        {
            callbacks.Tell(hint);
        }
    }
}
