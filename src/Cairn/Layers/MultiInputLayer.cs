using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of layers with several inputs. Derive from it and compute in <see cref="Call(Tensor[], CallContext)"/>.</summary>
/// <param name="name">Unique name, or null for the automatic one.</param>
public abstract class MultiInputLayer(string? name) : Layer(name)
{
    /// <inheritdoc/>
    public abstract override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes);

    /// <inheritdoc/>
    public sealed override Shape ComputeOutputShape(Shape inputShape) => ComputeOutputShapes([inputShape])[0];

    /// <summary>Always a list, even of one tensor.</summary>
    internal override CallArguments ArgumentsFor(int count) => CallArguments.List(count);

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
    }

    /// <inheritdoc/>
    protected abstract override Tensor[] Call(Tensor[] inputs, CallContext context);

    /// <inheritdoc/>
    protected sealed override Tensor Call(Tensor x, CallContext context) => Call([x], context)[0];
}
