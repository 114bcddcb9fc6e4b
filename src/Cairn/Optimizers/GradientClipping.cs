using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Gradient clipping settings; at most one may be set, as in Keras.</summary>
internal sealed class GradientClipping
{
    public GradientClipping(double? clipNorm = null, double? clipValue = null, double? globalClipNorm = null)
    {
        int given = (clipNorm is null ? 0 : 1) + (clipValue is null ? 0 : 1) + (globalClipNorm is null ? 0 : 1);
        if (given > 1)
        {
            throw new ArgumentException(
                $"Only one of clipNorm, clipValue and globalClipNorm may be set; got clipNorm: {clipNorm}, clipValue: {clipValue}, "
                    + $"globalClipNorm: {globalClipNorm}.");
        }

        Norm = clipNorm;
        Value = clipValue;
        GlobalNorm = globalClipNorm;
    }

    /// <summary>Maximum norm of the gradient of each variable.</summary>
    public double? Norm { get; }

    /// <summary>Maximum absolute value of each gradient element.</summary>
    public double? Value { get; }

    /// <summary>Maximum global norm of all gradients.</summary>
    public double? GlobalNorm { get; }

    /// <summary>Whether gradients are clipped.</summary>
    public bool IsActive => Norm > 0 || Value > 0 || GlobalNorm > 0;

    public void Apply(IReadOnlyList<OptimizedVariable> variables)
    {
        if (!IsActive)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor[] gradients = [.. variables.Select(v => v.Variable.Value.grad).OfType<Tensor>()];
        if (gradients.Length == 0)
        {
            return;
        }

        if (Norm is > 0 and { } norm)
        {
            foreach (Tensor gradient in gradients)
            {
                Tensor length = gradient.Squared().sum().sqrt();
                gradient.mul_(Held((float)norm)).div_(length.clamp_min(Held((float)norm)));
            }
        }
        else if (GlobalNorm is > 0 and { } global)
        {
            Tensor length = stack(gradients.Select(g => g.Squared().sum())).sum().sqrt();
            Tensor scale = (length.reciprocal().clamp_max(Held(1 / (float)global)) * Held((float)global)).Plus(length - length);
            foreach (Tensor gradient in gradients)
            {
                gradient.mul_(scale);
            }
        }
        else
        {
            float bound = (float)Value!.Value;
            foreach (Tensor gradient in gradients)
            {
                gradient.clamp_(Held(-bound), Held(bound));
            }
        }
    }
}
