using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Training;

namespace Cairn;

// What is allowed and probably not meant: it is told once.
public abstract partial class Model
{
    private readonly HashSet<string> hints = new(StringComparer.Ordinal);

    /// <summary>Tells, when a run has begun, what the compiled metrics and the layers give reason to.</summary>
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
                $"The validation after an epoch goes on from the states of the stateful layer '{stateful.Name}' and leaves its own there, "
                    + $"as in Keras; "
                + "call ResetState in OnTestBegin and OnEpochBegin of a callback to keep the two apart.");
        }
    }

    /// <summary>Tells, once an epoch or an evaluation has ended, which results say little.</summary>
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
