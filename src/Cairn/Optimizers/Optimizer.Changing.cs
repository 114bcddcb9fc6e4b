using Cairn.Callbacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <content>What may change while a training goes on: the variables that are trained, and how many gradients make one change of them.</content>
public abstract partial class Optimizer
{
    /// <summary>The number of steps whose mean gradient changes the weights once; 1 for a change at each.</summary>
    internal int AccumulationSteps => accumulation?.Steps ?? 1;

    /// <summary>Steps whose gradients wait in the sums for a change of the weights.</summary>
    internal int WaitingSteps => (int)((steps - stepsBefore) % AccumulationSteps);

    /// <summary>
    /// Makes the state for these variables, in this order. What was there keeps its state, what is new starts afresh, and the state of what
    /// is gone is freed.
    /// </summary>
    internal virtual void TakeUp(IReadOnlyList<Variable> variables)
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

    /// <summary>Gathers the gradients of another number of steps from now on. Gradients that wait in the sums change the weights first.</summary>
    /// <param name="count">1 or more.</param>
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

    /// <summary>Changes the weights by the mean of the gradients that wait in the sums, although there are fewer than usual; does nothing where none wait.</summary>
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

    /// <summary>Throws the gradients away that wait in the sums.</summary>
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

    /// <summary>How gradients are gathered and counted, for a run that goes on.</summary>
    internal void SaveAccumulation(SavedState into)
    {
        into.Set("accumulation_steps", AccumulationSteps);
        into.Set("steps_before", stepsBefore);
        into.Set("changes_before", changesBefore);
    }

    /// <summary>Takes over the counts of <see cref="SaveAccumulation"/>, after the number of steps itself.</summary>
    internal void LoadAccumulation(SavedState from) =>
        (stepsBefore, changesBefore) = (from.GetInt64("steps_before"), from.GetInt64("changes_before"));

    private OptimizedVariable NewState(Variable variable)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        var one = new OptimizedVariable(variable, Name);

        // An average that starts in the middle of a training starts with the weight itself: nothing would take the zeros out of it.
        if (average is not null)
        {
            one.Average = one.NewState("average", Built ? variable.Value.detach().clone() : Zeros(variable));
        }

        if (accumulation is not null)
        {
            one.GradientSum = one.NewState("gradient_accumulator", Zeros(variable));
        }

        foreach (string name in SlotGroups.SelectMany(names => names))
        {
            if (NewSlot(name, variable) is { } start)
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
        state.AddRange(optimized.Select(one => one.GradientSum).OfType<Variable>());
        foreach (string[] names in SlotGroups)
        {
            state.AddRange(optimized.SelectMany(one => one.Slots.Where(slot => names.Contains(slot.Name))));
        }

        state.AddRange(shared);
    }
}
