using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A low-rank adaptation (LoRA) of one weight, <c>w + alpha / rank · a · b</c>. Only the factors are trained.</summary>
/// <param name="Adapted">The weight, which is not trained.</param>
/// <param name="A">The first factor: the weight's shape with the rank as the last axis.</param>
/// <param name="B">The second factor, <c>[rank, last axis of the weight]</c>.</param>
/// <param name="Settings">Rank and scale.</param>
internal sealed record LoraWeights(Variable Adapted, Variable A, Variable B, LoraSettings Settings) : IDisposable
{
    private Variable? stored;

    /// <summary>The factor of the product.</summary>
    public double Scale => Settings.Alpha / Settings.Rank;

    /// <summary>The weight with its adaptation.</summary>
    public Tensor Merged() => Adapted.Value.add(A.Value.MatrixProduct(B.Value), Held(Scale));

    /// <summary>The same as a variable to be saved, valid until the next call.</summary>
    public Variable MergedVariable()
    {
        using IDisposable _ = no_grad();
        stored?.Dispose();
        stored = new Variable(Adapted.Name, Merged(), trainable: false) { Path = Adapted.Path };
        return stored;
    }

    /// <summary>
    /// Sets the adaptation to zero after the weight has been loaded. Keras also sets the first factor to zero, after which neither factor
    /// would ever get a gradient; here it keeps its values.
    /// </summary>
    public void Reset()
    {
        using IDisposable _ = no_grad();
        B.Stored.zero_();
    }

    public void Dispose() => stored?.Dispose();
}
