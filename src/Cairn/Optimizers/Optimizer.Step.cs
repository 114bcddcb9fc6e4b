using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Replication;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

// A step: from the gradients to the changed variables.
public abstract partial class Optimizer
{
    private IStretchedSums? summed;

    /// <summary>Runs one step: updates every variable by its gradient, or accumulates the gradient, and clears it.</summary>
    internal void Apply()
    {
        if (CallContext.Current?.Share is { } share)
        {
            if (Variables.Any(variable => variable.IsOverwritten))
            {
                throw new NotSupportedException("float8 layers can't be trained in several processes.");
            }

            summed = share.Replication.SumGradients(share, Variables, TakesStretches);
        }

        try
        {
            ApplyHere();
        }
        finally
        {
            summed = null;
        }
    }

    /// <summary>The same with gradients that are already those of all processes.</summary>
    internal virtual void ApplyHere()
    {
        if (LossScaleFactor is { } factor)
        {
            DivideGradients((float)factor);
        }

        Watch?.Invoke([.. optimized.Where(one => !one.Variable.IsOverwritten)
            .Select(one => new Gradient(one.Variable, one.Variable.Value.grad!))
            .Where(gradient => gradient.Value is not null)]);
        foreach (OptimizedVariable one in optimized)
        {
            one.IsConstrained = one.Variable.Constraint is not null && one.Variable.Value.grad is not null;
        }

        if (accumulation is null)
        {
            Overwrite();
        }

        if (accumulation?.Collect(optimized, steps - stepsBefore) ?? true)
        {
            ChangeVariables();
        }

        average?.Update(optimized, Iterations);
        ApplyConstraints();
        steps++;
    }

    /// <summary>Ends training: moving averages, if kept, overwrite the weights.</summary>
    internal virtual void FinalizeVariableValues()
    {
        if (average is not null && Steps > 0)
        {
            average.Finish(optimized);
        }
    }

    /// <summary>Swaps the weights and their moving averages; requires that averages are kept.</summary>
    internal void SwapAverages() => average!.Swap(optimized);

    private void ChangeVariables()
    {
        float rate = (float)LearningRate;
        clipping.Apply(optimized);
        BeginStep(rate);
        List<Variable>? updated = Shards is null ? null : [];
        foreach (OptimizedVariable one in optimized)
        {
            using Tensor? gradient = one.TakeGradient();
            if (gradient is null)
            {
                continue;
            }

            updated?.Add(one.Variable);
            if (Shards is { } shards && !shards.Owns(one.Variable))
            {
                continue;
            }

            using Tensor? before = one.Variable.LearningRateFactor == 1 ? null : one.Variable.Value.detach().clone();
            float decay = (float)((WeightDecayOf(one) ?? 0) * rate);
            if (HasFusedPass && one.TryPin(gradient, out FusedStep step))
            {
                if (summed is null)
                {
                    FusedPass.Run(this, step, decay);
                }
                else
                {
                    FusedPass.Run(this, step, decay, summed);
                }
            }
            else
            {
                Update(one, gradient, decay);
            }

            if (before is not null)
            {
                Scale(one.Variable, before);
            }
        }

        if (updated is not null)
        {
            Shards!.Updated(updated);
        }
    }

    // Whether nothing needs all gradients before the first update, and one pass over memory makes each update. With more threads, these
    // would divide a pass over sums that are already made.
    private bool TakesStretches() =>
        Inner == this && HasFusedPass && get_num_threads() == 1 && LossScaleFactor is null && Watch is null && accumulation is null
        && !clipping.IsActive && Shards is null
        && optimized.All(one => one.Variable.Value.grad is { } gradient && one.TryPin(gradient, out _));

    // All formulas are proportional to the learning rate, except that of Ftrl.
    private static void Scale(Variable variable, Tensor before)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        variable.Value.sub_(before).mul_(Held((float)variable.LearningRateFactor)).add_(before, Held(1));
    }

    private void Update(OptimizedVariable one, Tensor gradient, float decay)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor weight = one.Variable.Value;
        if (decay != 0)
        {
            weight.sub_(weight * Held(decay));
        }

        Update(weight, gradient, one.Slots);
    }

    // Gradients that are the next values of their variables.
    private void Overwrite()
    {
        foreach (OptimizedVariable one in optimized)
        {
            if (one.Variable.IsOverwritten && one.TakeGradient() is { } next)
            {
                using IDisposable _ = no_grad();
                one.Variable.Stored.copy_(next);
                next.Dispose();
            }
        }
    }

    // Keras does so after the averages, also in steps that only accumulate gradients, but not for variables without a gradient, since they
    // are frozen.
    private void ApplyConstraints()
    {
        foreach (OptimizedVariable one in optimized)
        {
            if (!one.IsConstrained || one.Variable.Constraint is not { } constraint)
            {
                continue;
            }

            using DisposeScope scope = NewDisposeScope();
            using IDisposable _ = no_grad();
            one.Variable.Value.copy_(constraint.Apply(one.Variable.Value));
        }
    }
}
