using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>The source of a tensor argument: a tensor of the graph, or a constant.</summary>
internal sealed class OperationSource
{
    private readonly int index;
    private readonly Tensor? constant;

    public OperationSource(int index) => this.index = index;

    public OperationSource(Tensor constant)
    {
        index = -1;
        this.constant = constant;
    }

    /// <summary>Whether it is a scalar constant, which adapts to the type of the other operand.</summary>
    public bool IsScalar => constant is not null && constant.dim() == 0;

    /// <summary>The shape if it is a constant; otherwise null.</summary>
    public Shape? ConstantShape => constant is null ? null : (Shape)constant.shape;

    /// <summary>The tensor in a call.</summary>
    /// <param name="inputs">The input tensors of the call.</param>
    public Tensor Of(Tensor[] inputs)
    {
        if (constant is null)
        {
            return inputs[index];
        }

        // A scalar works with tensors on any device.
        return constant.dim() == 0 || inputs.Length == 0 || inputs[0].device_type == constant.device_type ? constant
            : constant.to(inputs[0].device);
    }
}
