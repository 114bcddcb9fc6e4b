using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>A variable with its optimizer state, which the optimizer owns and disposes.</summary>
internal sealed class OptimizedVariable
{
    private readonly string prefix;

    public OptimizedVariable(Variable variable, string optimizer)
    {
        Variable = variable;
        prefix = $"{optimizer}/{variable.Path.Replace('/', '_')}_";
    }

    public Variable Variable { get; }

    /// <summary>Whether the constraint of the variable is applied in this step.</summary>
    public bool IsConstrained { get; set; }

    /// <summary>The optimizer slots of the variable.</summary>
    public List<Variable> Slots { get; } = [];

    /// <summary>The moving average of the variable, if kept.</summary>
    public Variable? Average { get; set; }

    /// <summary>The sum of the gradients since the last update, if they are accumulated.</summary>
    public Variable? GradientSum { get; set; }

    /// <summary>All state of the variable.</summary>
    public IEnumerable<Variable> All => new[] { Average, GradientSum }.OfType<Variable>().Concat(Slots);

    /// <summary>Creates a state tensor of the variable under Keras' path.</summary>
    public Variable NewState(string name, Tensor start) => new(name, start, trainable: false) { Path = prefix + name };

    /// <summary>The gradient, detached from the variable so that the next backward pass creates a new one without an addition.</summary>
    public Tensor? TakeGradient()
    {
        Tensor? gradient = Variable.Value.grad;
        if (gradient is not null)
        {
            Variable.Value.grad = null;
        }

        return gradient;
    }

    /// <summary>The raw memory of the weight, its gradient and its state, if all of it is plain memory of this process.</summary>
    public unsafe bool TryPin(Tensor gradient, out FusedStep step)
    {
        Tensor weight = Variable.Value;
        step = default;
        if (gradient.dtype != ScalarType.Float32 || !TensorMemory.IsReachable(weight) || !TensorMemory.IsReachable(gradient))
        {
            return false;
        }

        step = new FusedStep(
            weight.NumberOfElements,
            (float*)TensorMemory.PointerTo(weight),
            (float*)TensorMemory.PointerTo(gradient),
            Slot(0),
            Slot(1),
            Slot(2));
        return true;
    }

    private unsafe float* Slot(int index) => index < Slots.Count ? (float*)TensorMemory.PointerTo(Slots[index].Value) : null;
}
