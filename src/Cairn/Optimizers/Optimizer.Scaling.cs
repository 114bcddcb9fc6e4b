using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <content>Handling of gradients of a scaled loss before the update.</content>
public abstract partial class Optimizer
{
    /// <summary>Leaves loss scaling to a wrapping optimizer.</summary>
    internal void DropLossScaleFactor() => settings = settings with { LossScaleFactor = null };

    /// <summary>Whether all gradients are finite.</summary>
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
            if (!one.Variable.IsOverwritten)
            {
                one.Variable.Value.grad?.div_(Held(factor));
            }
        }
    }

    /// <summary>Discards the gradients of this step.</summary>
    internal void DropGradients()
    {
        foreach (OptimizedVariable one in optimized)
        {
            one.TakeGradient()?.Dispose();
        }
    }
}
