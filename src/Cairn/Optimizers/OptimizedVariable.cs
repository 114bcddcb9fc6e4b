using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>A variable with the optimizer's state for it.</summary>
internal sealed class OptimizedVariable : IDisposable
{
    public OptimizedVariable(Variable variable, string optimizer, string[] slotNames, Func<string, double> initialValue)
    {
        Variable = variable;
        string path = variable.Path.Replace('/', '_');
        Slots = [.. slotNames.Select(slot => new Variable(slot, full_like(variable.Value, initialValue(slot), requires_grad: false), trainable: false)
        {
            Path = $"{optimizer}/{path}_{slot}",
        })];
    }

    public Variable Variable { get; }

    public Variable[] Slots { get; }

    /// <summary>The gradient, taken off the variable so that the next backward pass starts afresh without an addition.</summary>
    public Tensor? TakeGradient()
    {
        Tensor? gradient = Variable.Value.grad;
        if (gradient is not null) Variable.Value.grad = null;
        return gradient;
    }

    /// <summary>The raw memory of the weight, its gradient and its state, where all of it is plain memory of this process.</summary>
    public unsafe bool TryPin(Tensor gradient, out FusedStep step)
    {
        Tensor weight = Variable.Value;
        step = default;
        if (gradient.dtype != ScalarType.Float32 || !TensorMemory.IsReachable(weight) || !TensorMemory.IsReachable(gradient)) return false;
        step = new FusedStep(
            weight.NumberOfElements,
            (float*)TensorMemory.PointerTo(weight),
            (float*)TensorMemory.PointerTo(gradient),
            Slot(0),
            Slot(1),
            Slot(2));
        return true;
    }

    public void Dispose()
    {
        foreach (Variable slot in Slots) slot.Dispose();
    }

    private unsafe float* Slot(int index) => index < Slots.Length ? (float*)TensorMemory.PointerTo(Slots[index].Value) : null;
}
