using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Sees the calls of layers in a context.</summary>
internal interface ICallObserver
{
    /// <summary>A layer is about to compute.</summary>
    void Began(Layer layer, Tensor[] inputs);

    /// <summary>A layer has computed.</summary>
    void Ended(Layer layer, Tensor[] outputs);
}
