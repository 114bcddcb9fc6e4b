using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn;

// Which weights take gradients. Layers can be frozen and unfrozen at any time, also by a callback, and another model may train shared ones.
public abstract partial class Model
{
    private long lookedAt = -1;
    private bool trainsAnything;

    /// <summary>Looks anew, in the middle of a training, which weights are trained; the optimizer takes up new ones and frees the state of those that are gone.</summary>
    internal void TakeUpTrainableWeights() => Optimizer?.TakeUp(MarkTrainable());

    /// <summary>Whether weights that were frozen when the optimizer began may be trained later with the same optimizer.</summary>
    private protected virtual bool MayTakeUpMore => false;

    /// <summary>Whether something other than <see cref="Layer.Trainable"/> says of the weights that they are trained, and says otherwise now.</summary>
    private protected virtual bool HasChangedTrainable => false;

    /// <summary>The weights have been told whether they take gradients.</summary>
    private protected virtual void MarkedTrainable()
    {
    }

    /// <summary>Sees which weights take gradients, and makes the optimizer's state for them.</summary>
    /// <exception cref="InvalidOperationException">The optimizer was made for other weights.</exception>
    private void TakeUpTrainable(Optimizer optimizer)
    {
        IReadOnlyList<Variable> trained = MarkTrainable();
        if (trained.Count == 0)
        {
            Console.Error.Write($"UserWarning: The model '{Name}' has no trainable weights.\n");
            return;
        }

        if (MayTakeUpMore && optimizer.Built)
        {
            optimizer.TakeUp([.. optimizer.Variables.Concat(trained).Distinct()]);
        }

        optimizer.Build(trained);
    }

    /// <summary>The same before a step, where anything has changed since the last look.</summary>
    private void FollowTrainable(Optimizer optimizer)
    {
        if (lookedAt != TrainableChanges || HasChangedTrainable)
        {
            TakeUpTrainable(optimizer);
        }
    }

    private IReadOnlyList<Variable> MarkTrainable()
    {
        long changes = TrainableChanges;
        IReadOnlyList<Variable> trainable = TrainableWeights;
        HashSet<Variable> wanted = [.. trainable];
        bool changed = false;
        foreach (Variable variable in Weights)
        {
            changed |= variable.TakesGradient(wanted.Contains(variable));
        }

        // Runs of other models that share the weights look anew as well.
        lookedAt = changed ? CountTrainableChange() : changes;
        trainsAnything = trainable.Count > 0;
        MarkedTrainable();
        return trainable;
    }
}
