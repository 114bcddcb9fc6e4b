using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Accumulates the gradients of several steps, whose mean is then applied as one update. Keras: <c>gradient_accumulation_steps</c>.
/// </summary>
internal sealed class GradientSums
{
    public GradientSums(int gradientAccumulationSteps)
    {
        if (gradientAccumulationSteps < 2)
        {
            throw new ArgumentOutOfRangeException(
                nameof(gradientAccumulationSteps), gradientAccumulationSteps,
                "gradientAccumulationSteps must be 2 or more, or null to update at every step.");
        }

        Steps = gradientAccumulationSteps;
    }

    public int Steps { get; }

    /// <summary>Adds the gradients to the sums or, at the last of the steps, replaces them by the mean and resets the sums.</summary>
    /// <param name="variables">The variables with the gradients of this step.</param>
    /// <param name="step">The number of steps before this one.</param>
    /// <returns>Whether this step updates the weights.</returns>
    public bool Collect(IReadOnlyList<OptimizedVariable> variables, long step)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        bool last = (step + 1) % Steps == 0;
        foreach (OptimizedVariable one in variables)
        {
            Tensor sum = one.GradientSum!.Value;
            if (one.Variable.IsOverwritten)
            {
                Collect(one, sum, last);
            }
            else if (last)
            {
                one.Variable.Value.grad?.add_(sum, Held(1)).div_(Held(Steps));
                sum.zero_();
            }
            else if (one.TakeGradient() is { } gradient)
            {
                sum.add_(gradient, Held(1));
            }
        }

        return last;
    }

    // The largest of the values that overwrite it.
    private static void Collect(OptimizedVariable one, Tensor largest, bool last)
    {
        if (one.TakeGradient() is not { } next)
        {
            return;
        }

        Tensor most = maximum(next, largest);
        if (last)
        {
            one.Variable.Stored.copy_(most);
            largest.zero_();
        }
        else
        {
            largest.copy_(most);
        }
    }

    /// <summary>Replaces the gradients by the mean over the last steps, and resets the sums.</summary>
    /// <param name="variables">The variables with the sums.</param>
    /// <param name="steps">The number of steps in the sums, 1 or more.</param>
    public void TakeMean(IReadOnlyList<OptimizedVariable> variables, int steps)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        foreach (OptimizedVariable one in variables)
        {
            Tensor sum = one.GradientSum!.Value;
            if (one.Variable.IsOverwritten)
            {
                one.Variable.Stored.copy_(sum);
            }
            else
            {
                one.Variable.Value.grad = sum / Held(steps);
            }

            sum.zero_();
        }
    }
}
