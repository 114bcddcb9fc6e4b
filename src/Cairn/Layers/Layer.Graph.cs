namespace Cairn.Layers;

// Where a layer stands in a graph: models are cut and put together anew at its tensors.
public abstract partial class Layer
{
    private LayerCall? firstCall;
    private Action? trace;

    /// <summary>What goes into the layer, where a model was put together with it: of its first use, as in Keras.</summary>
    /// <exception cref="InvalidOperationException">The layer is in no graph, or has several inputs; see <see cref="Inputs"/>.</exception>
    public KerasTensor Input => OnlyOf(Inputs, nameof(Inputs));

    /// <summary>
    /// What comes out of the layer, where a model was put together with it: of its first use, as in Keras. A new model can begin or end
    /// there: <c>new Functional(model.Inputs, model.GetLayer("features").Output)</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The layer is in no graph, or has several outputs; see <see cref="Outputs"/>.</exception>
    public KerasTensor Output => OnlyOf(Outputs, nameof(Outputs));

    /// <summary>All that goes into the layer in its first use in a graph.</summary>
    /// <exception cref="InvalidOperationException">The layer is in no graph.</exception>
    public virtual IReadOnlyList<KerasTensor> Inputs => FirstCall.Inputs;

    /// <summary>All that comes out of the layer in its first use in a graph.</summary>
    /// <exception cref="InvalidOperationException">The layer is in no graph.</exception>
    public virtual IReadOnlyList<KerasTensor> Outputs => FirstCall.Outputs;

    /// <summary>Notes a use in a graph; the first one counts, and that in the row of a model before any other.</summary>
    internal void Note(LayerCall call)
    {
        if (trace is null)
        {
            firstCall ??= call;
        }
    }

    /// <summary>Says how the layer's place in a row of layers is found, when somebody asks for it.</summary>
    internal void TraceBy(Action how)
    {
        if (firstCall is null)
        {
            trace ??= how;
        }
    }

    /// <summary>The layer's place in its row has been found.</summary>
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
                $"{ClassName} '{Name}' is in no graph of tensors, so it has no input and output yet: apply it to an Input, "
                + "or add it to a Sequential.");
        }
    }

    private KerasTensor OnlyOf(IReadOnlyList<KerasTensor> tensors, string all) => tensors.Count == 1
        ? tensors[0]
        : throw new InvalidOperationException($"{ClassName} '{Name}' has {tensors.Count} such tensors; {all} gives all of them.");
}
