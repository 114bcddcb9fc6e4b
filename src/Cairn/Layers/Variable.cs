using Cairn.Constraints;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>
/// A weight of a layer or a state variable of an optimizer: a named tensor that lives as long as its owner. Keras: <c>Variable</c>.
/// </summary>
public sealed class Variable : IDisposable
{
    private Tensor value;
    private Tensor? stand;

    internal Variable(string name, Tensor value, bool trainable)
    {
        Name = name;
        Path = name;
        Trainable = trainable;
        IsListedFirst = trainable;
        this.value = value.DetachFromDisposeScope();
    }

    /// <summary>
    /// Creates a variable that belongs to no layer, such as an image that an optimizer changes. Keras: <c>keras.Variable</c>.
    /// </summary>
    /// <param name="value">The initial values, which are copied.</param>
    /// <param name="name">The name.</param>
    /// <param name="trainable">
    /// Whether gradients with respect to it are recorded, so that a <see cref="GradientTape"/> gives them.
    /// </param>
    /// <exception cref="ArgumentException">It is trainable and has no floating-point numbers.</exception>
    public Variable(NDArray value, string name = "variable", bool trainable = true)
        : this(name, CopyOf(value), trainable)
    {
        if (trainable && !this.value.is_floating_point())
        {
            ScalarType type = this.value.dtype;
            Dispose();
            throw new ArgumentException(
                $"Only floating-point numbers have gradients; the values are {type}. Pass trainable: false or other values.",
                nameof(value));
        }

        TakesGradient(trainable);
    }

    /// <summary>The name within the layer: <c>kernel</c>, <c>bias</c>, <c>gamma</c>, …</summary>
    public string Name { get; }

    /// <summary>The path within the model: <c>sequential/dense/kernel</c>.</summary>
    public string Path { get; internal set; }

    /// <summary>Whether training updates it through gradients. Moving statistics are not trainable.</summary>
    public bool Trainable { get; internal set; }

    /// <summary>Whether the weight is listed before weights created as non-trainable; LoRA does not change the order.</summary>
    internal bool IsListedFirst { get; }

    /// <summary>Whether its gradient is its next value, which optimizers assign. Keras: <c>overwrite_with_gradient</c>.</summary>
    internal bool IsOverwritten { get; set; }

    /// <summary>Regularizer of the weight, whose penalty is added to the loss, or null.</summary>
    public Regularizer? Regularizer { get; internal set; }

    /// <summary>Constraint on the weight, applied after each step, or null.</summary>
    public Constraint? Constraint { get; internal set; }

    /// <summary>
    /// Factor by which the optimizer's learning rate is multiplied for this weight; 1 by default. Set it for a whole layer with
    /// <see cref="Layer.LearningRateFactor"/>. Not saved in files.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0, NaN or infinite.</exception>
    public double LearningRateFactor
    {
        get;
        set => field = value is >= 0 and < double.PositiveInfinity
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "LearningRateFactor must be a finite number of 0 or more.");
    } = 1;

    /// <summary>The shape, in Keras' order (a Dense kernel is <c>[inputs, units]</c>).</summary>
    public Shape Shape => value.shape;

    /// <summary>The tensor. The variable owns it: write to it in place, do not dispose it.</summary>
    /// <remarks>
    /// In the function of a layer with a mixed <see cref="DTypePolicy"/>, it is a copy of a weight that was created as trainable, in the
    /// type of the layer's computations.
    /// </remarks>
    public Tensor Value => DTypePolicy.IsMixedUsed && IsListedFirst ? Layers.Autocast.Of(Source) : Source;

    /// <summary>
    /// The tensor that is stored, changed and gets gradients. In the function of a layer, <see cref="Value"/> may be a copy of it.
    /// </summary>
    internal Tensor Stored => value;

    /// <summary>The tensor that a layer's function computes with, before it is cast: the stored one, or the copy of it.</summary>
    internal Tensor Source => stand ?? value;

    /// <summary>
    /// Computes with a copy of the tensor, through which the gradient flows, so that values saved by autograd are not affected by in-place
    /// changes later in the step.
    /// </summary>
    internal T WithCopy<T>(Func<T> compute)
    {
        Tensor? before = ExchangeCopy(value.clone());
        try
        {
            return compute();
        }
        finally
        {
            ExchangeCopy(before);
        }
    }

    /// <summary>Sets the copy or alias that layers compute with instead of the stored tensor, or null for none.</summary>
    /// <returns>The copy before.</returns>
    internal Tensor? ExchangeCopy(Tensor? copy)
    {
        Tensor? before = stand;
        stand = copy;
        return before;
    }

    /// <summary>Whether the initial values were replaced, by the user or from a file.</summary>
    internal bool WasAssigned { get; set; }

    /// <summary>Whether a training step has included the weight.</summary>
    internal bool WasTrained { get; set; }

    /// <summary>Assigns new values.</summary>
    /// <param name="numbers">The values; they must have exactly this variable's <see cref="Shape"/>.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Assign(NDArray numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (!numbers.Shape.Equals(Shape))
        {
            throw new ArgumentException(
                $"The weight '{Path}' has shape {Shape} and can't be set to values of shape {numbers.Shape}.", nameof(numbers));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        value.copy_(numbers.ToTensor());
        WasAssigned = true;
    }

    /// <summary>Returns a copy of the values.</summary>
    public NDArray ToNDArray() => NDArray.From(ToFloats(), Shape);

    internal float[] ToFloats()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor plain = value.detach().to(ScalarType.Float32).to(CPU).contiguous();
        return TensorMemory.SpanOf<float>(plain).ToArray();
    }

    /// <summary>
    /// Sets whether the backward pass computes a gradient for the weight. Turning it off also clears the current gradient.
    /// </summary>
    /// <returns>Whether the setting changed.</returns>
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

    private static Tensor CopyOf(NDArray numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers, "value");
        using IDisposable normal = no_grad();
        using var tensor = numbers.ToTensor();
        return tensor.clone();
    }

    /// <summary>Moves the values to a device; the tensor object changes.</summary>
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

    /// <summary>Whether another process has the values, and this one has no memory for them.</summary>
    internal bool IsElsewhere { get; private set; }

    /// <summary>Frees the values, which another process has.</summary>
    internal void MoveElsewhere()
    {
        if (!IsElsewhere)
        {
            // The shape of many numbers, the memory of one.
            Replace(value => zeros([], value.dtype, value.device).expand(value.shape));
            IsElsewhere = true;
        }
    }

    /// <summary>Makes room for the values.</summary>
    internal void MoveHere()
    {
        if (IsElsewhere)
        {
            Replace(value => empty(value.shape, value.dtype, value.device));
            IsElsewhere = false;
        }
    }

    /// <summary>Replaces the tensor by one that its owner has moved.</summary>
    internal void Follow(Tensor moved) => value = moved;

    private void Replace(Func<Tensor, Tensor> make)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor next = make(value).DetachFromDisposeScope();
        value.Dispose();
        value = next;
    }

    /// <summary>Frees the tensor.</summary>
    public void Dispose() => value.Dispose();

    /// <summary>Path and shape, for example <c>sequential/dense/kernel (64, 10)</c>.</summary>
    public override string ToString() => $"{Path} {Shape}";
}
