using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The type in which the layer that computes in this thread reads its weights. Keras: <c>AutocastScope</c>.</summary>
internal readonly struct Autocast : IDisposable
{
    [ThreadStatic]
    private static (bool IsOn, ScalarType Type, bool IsWide) current;

    private readonly (bool IsOn, ScalarType Type, bool IsWide) before;

    private Autocast((bool IsOn, ScalarType Type, bool IsWide) before) => this.before = before;

    /// <summary>Begins the function of a layer.</summary>
    /// <param name="policy">The layer's policy.</param>
    /// <param name="isWide">Whether it computes with the rounded weights in float32.</param>
    public static Autocast Begin(DTypePolicy policy, bool isWide)
    {
        var scope = new Autocast(current);
        current = (policy.IsMixed, policy.ComputeType, isWide);
        return scope;
    }

    /// <summary>A trainable weight as the layer reads it; gradients go on to the weight.</summary>
    public static Tensor Of(Tensor weight)
    {
        (bool isOn, ScalarType type, bool isWide) = current;
        if (!isOn || weight.dtype != ScalarType.Float32)
        {
            return weight;
        }

        Tensor rounded = weight.to(type);
        return isWide ? rounded.to(ScalarType.Float32) : rounded;
    }

    /// <summary>Returns to the layer around.</summary>
    public void Dispose() => current = before;
}
