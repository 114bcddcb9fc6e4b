using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>Where the tensor of an argument comes from: a tensor of the graph, or a constant.</summary>
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

    /// <summary>Whether it is a constant without axes, which takes the type of what it is computed with.</summary>
    public bool IsScalar => constant is not null && constant.dim() == 0;

    /// <summary>Its shape where it is a constant; otherwise null.</summary>
    public Shape? ConstantShape => constant is null ? null : (Shape)constant.shape;

    /// <summary>The tensor in a call.</summary>
    /// <param name="inputs">The graph's tensors that go into the call.</param>
    public Tensor Of(Tensor[] inputs)
    {
        if (constant is null)
        {
            return inputs[index];
        }

        // A number without axes goes along with tensors on any device.
        return constant.dim() == 0 || inputs.Length == 0 || inputs[0].device_type == constant.device_type ? constant
            : constant.to(inputs[0].device);
    }
}
