using Cairn.Callbacks;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <content>What may change during training: the trained variables, and the number of accumulation steps.</content>
public abstract partial class Optimizer
{
    /// <summary>The number of gradient accumulation steps per update; 1 to update at every step.</summary>
    internal int AccumulationSteps => accumulation?.Steps ?? 1;

    /// <summary>Number of steps whose gradients are accumulated but not applied yet.</summary>
    internal int WaitingSteps => (int)((steps - stepsBefore) % AccumulationSteps);

    /// <summary>
    /// Creates the state for these variables, in this order. Known variables keep their state, new ones get initial state, and the state of
    /// removed ones is freed.
    /// </summary>
    internal virtual void UseVariables(IReadOnlyList<Variable> variables)
    {
        var known = optimized.ToDictionary(one => one.Variable, (IEqualityComparer<Variable>)ReferenceEqualityComparer.Instance);
        optimized.Clear();
        foreach (Variable variable in variables)
        {
            optimized.Add(known.Remove(variable, out OptimizedVariable? there) ? there : NewState(variable));
        }

        foreach (Variable freed in known.Values.SelectMany(one => one.All))
        {
            freed.Dispose();
        }

        if (!Built)
        {
            shared.AddRange(NewSharedState());
        }

        Built = true;
        ListState();
    }

    /// <summary>Changes the number of accumulation steps. Gradients accumulated so far are applied first.</summary>
    /// <param name="count">The number of steps, 1 or more.</param>
    internal void AccumulateOver(int count)
    {
        if (count == AccumulationSteps)
        {
            return;
        }

        ApplyWaiting();
        (stepsBefore, changesBefore) = (steps, Iterations);
        settings = settings with { GradientAccumulationSteps = count == 1 ? null : count };
        accumulation = count == 1 ? null : new GradientSums(count);
        foreach (OptimizedVariable one in optimized)
        {
            if (accumulation is not null)
            {
                one.GradientSum ??= one.NewState("gradient_accumulator", Zeros(one.Variable));
                continue;
            }

            one.GradientSum?.Dispose();
            one.GradientSum = null;
        }

        ListState();
    }

    /// <summary>
    /// Applies the mean of the gradients accumulated so far, even if there are fewer than usual; does nothing if there are none.
    /// </summary>
    internal void ApplyWaiting()
    {
        if (WaitingSteps == 0)
        {
            return;
        }

        accumulation!.TakeMean(optimized, WaitingSteps);
        ChangeVariables();
        ApplyConstraints();
        (stepsBefore, changesBefore) = (steps, Iterations + 1);
    }

    /// <summary>Discards the accumulated gradients.</summary>
    internal void ForgetWaiting()
    {
        if (WaitingSteps == 0)
        {
            return;
        }

        using IDisposable _ = no_grad();
        foreach (OptimizedVariable one in optimized)
        {
            one.GradientSum!.Value.zero_();
        }

        (stepsBefore, changesBefore) = (steps, Iterations);
    }

    /// <summary>Saves the accumulation settings and counters, to resume a run.</summary>
    internal void SaveAccumulation(SavedState into)
    {
        into.Set("accumulation_steps", AccumulationSteps);
        into.Set("steps_before", stepsBefore);
        into.Set("changes_before", changesBefore);
    }

    /// <summary>Restores the counters of <see cref="SaveAccumulation"/>, after the number of steps itself.</summary>
    internal void LoadAccumulation(SavedState from) =>
        (stepsBefore, changesBefore) = (from.GetInt64("steps_before"), from.GetInt64("changes_before"));

    private OptimizedVariable NewState(Variable variable)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        var one = new OptimizedVariable(variable, Name);

        // An average that starts during training starts at the weight itself: there is no bias correction for an initial zero.
        if (average is not null && !variable.IsOverwritten)
        {
            one.Average = one.NewState("average", Built ? variable.Value.detach().clone() : Zeros(variable));
        }

        if (accumulation is not null)
        {
            one.GradientSum = one.NewState("gradient_accumulator", Zeros(variable));
        }

        foreach (string name in SlotGroups.SelectMany(names => names))
        {
            if ((variable.IsOverwritten ? NewSlotOfOverwritten(name) : NewSlot(name, variable)) is { } start)
            {
                one.Slots.Add(one.NewState(name, start));
            }
        }

        return one;
    }

    private void ListState()
    {
        state.Clear();
        state.AddRange(optimized.Select(one => one.Average).OfType<Variable>());
        IReadOnlyList<OptimizedVariable> ordered = Float8Order.ScalesFirst(optimized, one => one.Variable.Path);
        state.AddRange(ordered.Select(one => one.GradientSum).OfType<Variable>());
        foreach (string[] names in SlotGroups)
        {
            state.AddRange(ordered.SelectMany(one => one.Slots.Where(slot => names.Contains(slot.Name))));
        }

        state.AddRange(shared);
    }
}
