using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Observes the calls of layers in a context.</summary>
internal interface ICallObserver
{
    /// <summary>Called before a layer computes its outputs.</summary>
    void Began(Layer layer, Tensor[] inputs);

    /// <summary>Called after a layer has computed its outputs.</summary>
    void Ended(Layer layer, Tensor[] outputs);
}
