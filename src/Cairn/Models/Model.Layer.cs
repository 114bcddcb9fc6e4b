using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

// The model as a layer of another model, or called directly.
public abstract partial class Model
{
    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <summary>Does nothing: the layers have set the masks of their outputs.</summary>
    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
    }

    internal override bool TakesMask => true;

    internal override bool MixesSamples(CallContext context) =>
        Layers.Count == 0 || Layers.Any(l => l.MixesSamples(context)) || base.MixesSamples(context);

    internal override void MoveTo(Device device)
    {
        foreach (Layer layer in Layers)
        {
            layer.MoveTo(device);
        }

        Optimizer?.MoveTo(device);
        Device = device;
    }

    internal override bool TakesIdentifiers => InputTypes.Contains(ScalarType.Int64);

    private protected override IEnumerable<Layer> Parts => Layers;

    /// <summary>Its layers cast what they get.</summary>
    private protected override bool CastsInputs => false;

    private protected override bool IsModel => true;

    private protected override ulong DirectSeed => ResolveSeed();

    private protected override void EnsureWeights()
    {
        uses.ThrowIfDisposed();
        EnsureBuilt();
    }

    private protected override void BeginDirectCall() => uses.ThrowIfDisposed();

    private protected override void BuildDirectly(IReadOnlyList<Shape> inputShapes) => BuildOnce(DeclaredInputShapes ?? inputShapes);

    private protected override ScalarType? DirectType(int input) => input < InputTypes.Count ? InputTypes[input] : null;

    private protected override Device DirectDevice(Tensor x) => Device;
}
