using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Exponential moving averages of the weights. Keras: <c>use_ema</c>.</summary>
internal sealed class MovingAverage
{
    private readonly float momentum;
    private readonly int? overwriteFrequency;

    public MovingAverage(double emaMomentum, int? emaOverwriteFrequency)
    {
        if (emaMomentum is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(emaMomentum), emaMomentum, "emaMomentum must be in [0, 1].");
        }

        if (emaOverwriteFrequency is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(emaOverwriteFrequency), emaOverwriteFrequency,
                "emaOverwriteFrequency must be 1 or more, or null.");
        }

        momentum = (float)emaMomentum;
        overwriteFrequency = emaOverwriteFrequency;
    }

    /// <summary>Whether weights and averages are swapped.</summary>
    public bool Swapped { get; set; }

    /// <summary>Updates the averages with the weights of this step.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="iterations">The number of updates before this step.</param>
    public void Update(IReadOnlyList<OptimizedVariable> variables, long iterations)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        float past = iterations == 0 ? 0 : momentum;
        foreach (OptimizedVariable one in variables.Where(one => one.Average is not null))
        {
            one.Average!.Value.mul_(Held(past)).add_(one.Variable.Value * Held(1 - past), Held(1));
        }

        if ((iterations + 1) % overwriteFrequency == 0)
        {
            Overwrite(variables);
        }
    }

    /// <summary>Overwrites the weights by the averages.</summary>
    private static void Overwrite(IReadOnlyList<OptimizedVariable> variables)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        foreach (OptimizedVariable one in variables.Where(one => one.Average is not null))
        {
            one.Variable.Value.copy_(one.Average!.Value);
        }
    }

    /// <summary>Swaps weights and averages.</summary>
    public void Swap(IReadOnlyList<OptimizedVariable> variables)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        foreach (OptimizedVariable one in variables.Where(one => one.Average is not null))
        {
            Tensor weight = one.Variable.Value.clone();
            one.Variable.Value.copy_(one.Average!.Value);
            one.Average.Value.copy_(weight);
            weight.Dispose();
        }

        Swapped = !Swapped;
    }

    /// <summary>Ends training: overwrites the weights by the averages.</summary>
    public void Finish(IReadOnlyList<OptimizedVariable> variables)
    {
        if (!Swapped)
        {
            Overwrite(variables);
            return;
        }

        using IDisposable _ = no_grad();
        foreach (OptimizedVariable one in variables.Where(one => one.Average is not null))
        {
            one.Average!.Value.copy_(one.Variable.Value);
        }

        Swapped = false;
    }
}
