using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <content>Gradients of a loss that was multiplied, before the formula sees them.</content>
public abstract partial class Optimizer
{
    /// <summary>Leaves the scale of the loss to an optimizer around this one.</summary>
    internal void DropLossScaleFactor() => settings = settings with { LossScaleFactor = null };

    /// <summary>Whether no gradient holds NaN or an infinite number.</summary>
    internal bool AreGradientsFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        return optimized.All(one => one.Variable.Value.grad is not { } gradient || gradient.isfinite().all().item<bool>());
    }

    internal void DivideGradients(float factor)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        foreach (OptimizedVariable one in optimized)
        {
            one.Variable.Value.grad?.div_(Held(factor));
        }
    }

    /// <summary>Throws the gradients of this step away.</summary>
    internal void DropGradients()
    {
        foreach (OptimizedVariable one in optimized)
        {
            one.TakeGradient()?.Dispose();
        }
    }
}
