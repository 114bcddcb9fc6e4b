using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A low-rank adaptation (LoRA) of one weight, <c>w + alpha / rank · a · b</c>. Only the factors are trained.</summary>
/// <param name="Adapted">The weight, which is not trained; the integers of a quantized one.</param>
/// <param name="A">The first factor: the weight's shape with the rank as the last axis.</param>
/// <param name="B">The second factor, <c>[rank, last axis of the weight]</c>.</param>
/// <param name="Settings">Rank and scale.</param>
internal sealed record LoraWeights(Variable Adapted, Variable A, Variable B, LoraSettings Settings) : IDisposable
{
    private Variable[] stored = [];

    /// <summary>The factor of the product.</summary>
    public double Scale => Settings.Alpha / Settings.Rank;

    /// <summary>The weight with its adaptation.</summary>
    public Tensor Merged() => Adapted.Value.add(A.Value.MatrixProduct(B.Value), Held(Scale));

    /// <summary>The product of the factors with their scale.</summary>
    public Tensor Product() => A.Value.MatrixProduct(B.Value) * Held(Scale);

    /// <summary>
    /// The variable that is saved in place of one of the weight's: with the adaptation. Valid until the weight itself is asked for again.
    /// </summary>
    /// <param name="weight">The weight, or the scales or zero points of a quantized one.</param>
    /// <param name="quantized">The quantized weight, or null.</param>
    public Variable AsStored(Variable weight, QuantizedWeight? quantized)
    {
        Variable?[] merged = [Adapted, quantized?.Scale, quantized?.Zero];
        int place = Array.IndexOf(merged, weight);

        // An adaptation of zero changes nothing; quantizing again would, since the limits of a block are rounded too.
        if (place < 0 || IsZero())
        {
            return weight;
        }

        if (place == 0 || stored.Length == 0)
        {
            Merge(merged, quantized);
        }

        return stored[place];
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

    public void Dispose() => Array.ForEach(stored, variable => variable.Dispose());

    private bool IsZero()
    {
        using DisposeScope scope = NewDisposeScope();
        return B.Stored.count_nonzero().item<long>() == 0;
    }

    private void Merge(Variable?[] merged, QuantizedWeight? quantized)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Dispose();
        Tensor?[] values;
        if (quantized is null)
        {
            values = [Merged()];
        }
        else
        {
            (Tensor integers, Tensor scale, Tensor? zero) = Requantization.Of(quantized, quantized.Dequantized().Plus(Product()));
            values = [integers, scale, zero];
        }

        stored = [.. values.OfType<Tensor>().Select((value, i) =>
            new Variable(merged[i]!.Name, value, trainable: false) { Path = merged[i]!.Path })];
    }
}
