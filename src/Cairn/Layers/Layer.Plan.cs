namespace Cairn.Layers;

// What the plan of a training step needs to know about a layer.
public abstract partial class Layer
{
    /// <summary>What the layer computes in training, if the plan of a step can compute it; null otherwise.</summary>
    internal virtual PlannedFunction? Planned => null;

    /// <summary>Whether nothing that is set on the layer prevents this. Some of it may change between two steps.</summary>
    internal bool AllowsPlan => !Recompute && Lora is null && Quantized is null && Float8 is null && Packed is null
        && ActivityRegularizer is null && !DTypePolicy.IsMixed;
}
