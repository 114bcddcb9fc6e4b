using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn;

// Which weights require gradients. Layers can be frozen and unfrozen at any time, also by a callback, and another model may train shared
// ones.
public abstract partial class Model
{
    private long lookedAt = -1;
    private bool trainsAnything;

    /// <summary>
    /// Updates, during training, which weights are trained: the optimizer creates state for new ones and frees the state of removed ones.
    /// </summary>
    internal void UpdateTrainedVariables() => Optimizer?.UseVariables(MarkTrainable());

    /// <summary>Whether weights that were frozen when the optimizer was built may be trained later with the same optimizer.</summary>
    private protected virtual bool MayTrainMore => false;

    /// <summary>
    /// Whether something other than <see cref="Layer.Trainable"/> decides which weights are trained, and has changed its decision.
    /// </summary>
    private protected virtual bool HasChangedTrainable => false;

    /// <summary>Called after the weights' <c>requires_grad</c> has been set.</summary>
    private protected virtual void MarkedTrainable()
    {
    }

    /// <summary>Determines which weights are trained, and creates the optimizer's state for them.</summary>
    /// <exception cref="InvalidOperationException">The optimizer was built for other weights.</exception>
    private void UpdateTrainedVariables(Optimizer optimizer)
    {
        IReadOnlyList<Variable> trained = MarkTrainable();
        if (trained.Count == 0)
        {
            Console.Error.Write($"UserWarning: The model '{Name}' has no trainable weights.\n");
            return;
        }

        if (MayTrainMore && optimizer.Built)
        {
            optimizer.UseVariables([.. optimizer.Variables.Concat(trained).Distinct()]);
        }

        optimizer.Build(trained);
    }

    /// <summary>The same before a step, if anything has changed since the last check.</summary>
    private void FollowTrainable(Optimizer optimizer)
    {
        if (lookedAt != TrainableChanges || HasChangedTrainable)
        {
            UpdateTrainedVariables(optimizer);
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

        // Runs of other models that share the weights check again as well.
        lookedAt = changed ? CountTrainableChange() : changes;
        trainsAnything = trainable.Count > 0;
        MarkedTrainable();
        return trainable;
    }
}
