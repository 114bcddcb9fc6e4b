using Cairn.Constraints;
using Cairn.Native;
using Cairn.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>A weight of a layer or a state of an optimizer: a tensor with a name that lives as long as its owner. Keras: <c>Variable</c>.</summary>
public sealed class Variable : IDisposable
{
    private Tensor value;

    internal Variable(string name, Tensor value, bool trainable)
    {
        Name = name;
        Path = name;
        Trainable = trainable;
        this.value = value.DetachFromDisposeScope();
    }

    /// <summary>What the weight is within its layer: <c>kernel</c>, <c>bias</c>, <c>gamma</c>, …</summary>
    public string Name { get; }

    /// <summary>Where the weight is in its model: <c>sequential/dense/kernel</c>.</summary>
    public string Path { get; internal set; }

    /// <summary>Whether training may change it through gradients. Moving statistics are not trainable.</summary>
    public bool Trainable { get; }

    /// <summary>Regularizer of the weight, whose penalty is added to the loss, or null.</summary>
    public Regularizer? Regularizer { get; internal set; }

    /// <summary>Constraint on it, applied after each step, or null.</summary>
    public Constraint? Constraint { get; internal set; }

    /// <summary>The sizes of its axes, in Keras' order (a Dense kernel is <c>[inputs, units]</c>).</summary>
    public Shape Shape => value.shape;

    /// <summary>The tensor itself. It is the variable's: write into it in place, do not dispose it.</summary>
    public Tensor Value => value;

    /// <summary>Whether the numbers were given, by somebody or by a file, in place of those it began with.</summary>
    internal bool WasAssigned { get; set; }

    /// <summary>Replaces the numbers.</summary>
    /// <param name="numbers">Numbers of exactly this variable's <see cref="Shape"/>.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Assign(NDArray numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (!numbers.Shape.Equals(Shape))
        {
            throw new ArgumentException($"The weight '{Path}' has the shape {Shape} and can't take numbers of shape {numbers.Shape}.",
                nameof(numbers));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        value.copy_(numbers.ToTensor());
        WasAssigned = true;
    }

    /// <summary>A copy of the numbers.</summary>
    public NDArray ToNDArray() => NDArray.From(ToFloats(), Shape);

    internal float[] ToFloats()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor plain = value.detach().to(ScalarType.Float32).to(CPU).contiguous();
        return TensorMemory.SpanOf<float>(plain).ToArray();
    }

    /// <summary>Says whether the backward pass gives the weight a gradient. One that gets none any more loses what it had.</summary>
    /// <returns>Whether that is new.</returns>
    internal bool TakesGradient(bool takes)
    {
        if (value.requires_grad == takes)
        {
            return false;
        }

        value.requires_grad_(takes);
        if (!takes && value.grad is { } left)
        {
            left.Dispose();
            value.grad = null;
        }

        return true;
    }

    /// <summary>Moves the numbers to a device; the tensor object changes.</summary>
    internal void MoveTo(Device device)
    {
        if (value.device.Equals(device))
        {
            return;
        }

        using IDisposable _ = no_grad();
        Tensor moved = value.detach().to(device).DetachFromDisposeScope();
        moved.requires_grad_(value.requires_grad);
        value.Dispose();
        value = moved;
    }

    /// <summary>Takes another tensor, that of an owner who has moved it.</summary>
    internal void Follow(Tensor moved) => value = moved;

    /// <summary>Frees the tensor.</summary>
    public void Dispose() => value.Dispose();

    /// <summary>Path and shape, such as <c>sequential/dense/kernel (64, 10)</c>.</summary>
    public override string ToString() => $"{Path} {Shape}";
}
