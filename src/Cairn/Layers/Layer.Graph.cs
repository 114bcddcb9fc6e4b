namespace Cairn.Layers;

// The position of a layer in a graph. New models can start or end at its tensors.
public abstract partial class Layer
{
    private LayerCall? firstCall;
    private Action? trace;

    /// <summary>The input tensor of the layer in a graph; that of its first use, as in Keras.</summary>
    /// <exception cref="InvalidOperationException">
    /// The layer is not part of a graph, or has several inputs; see <see cref="Inputs"/>.
    /// </exception>
    public KerasTensor Input => OnlyOf(Inputs, nameof(Inputs));

    /// <summary>
    /// The output tensor of the layer in a graph; that of its first use, as in Keras. A new model can start or end there:
    /// <c>new Functional(model.Inputs, model.GetLayer("features").Output)</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The layer is not part of a graph, or has several outputs; see <see cref="Outputs"/>.
    /// </exception>
    public KerasTensor Output => OnlyOf(Outputs, nameof(Outputs));

    /// <summary>All input tensors of the layer in its first use in a graph.</summary>
    /// <exception cref="InvalidOperationException">The layer is not part of a graph.</exception>
    public virtual IReadOnlyList<KerasTensor> Inputs => FirstCall.Inputs;

    /// <summary>All output tensors of the layer in its first use in a graph.</summary>
    /// <exception cref="InvalidOperationException">The layer is not part of a graph.</exception>
    public virtual IReadOnlyList<KerasTensor> Outputs => FirstCall.Outputs;

    /// <summary>Records a use in a graph. The first use is kept, but one in a Sequential takes precedence.</summary>
    internal void Note(LayerCall call)
    {
        if (trace is null)
        {
            firstCall ??= call;
        }
    }

    /// <summary>Sets the function that finds the layer's call in a Sequential, when it is first needed.</summary>
    internal void TraceBy(Action how)
    {
        if (firstCall is null)
        {
            trace ??= how;
        }
    }

    /// <summary>Sets the layer's call in a Sequential.</summary>
    internal void Traced(LayerCall call)
    {
        if (trace is not null)
        {
            (firstCall, trace) = (call, null);
        }
    }

    private LayerCall FirstCall
    {
        get
        {
            trace?.Invoke();
            return firstCall ?? throw new InvalidOperationException(
                $"{ClassName} '{Name}' is not part of a graph, so it has no input and output tensors yet: apply it to an Input, "
                + "or add it to a Sequential.");
        }
    }

    private KerasTensor OnlyOf(IReadOnlyList<KerasTensor> tensors, string all) => tensors.Count == 1
        ? tensors[0]
        : throw new InvalidOperationException($"{ClassName} '{Name}' has {tensors.Count} such tensors; use {all} to get all of them.");
}
