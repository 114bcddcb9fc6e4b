using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn;

// Access to the layers of a model, and cloning.
public abstract partial class Model
{
    /// <summary>Returns the layer with a name. Keras: <c>get_layer</c>.</summary>
    /// <param name="name">The name, such as <c>dense_1</c>; see <see cref="Layer.Name"/>.</param>
    /// <exception cref="ArgumentException">There is no layer with that name; the message suggests the nearest one.</exception>
    public Layer GetLayer(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        BuildIfKnown();
        IEnumerable<Layer> all = this is Functional { Operations: var operations } ? Layers.Concat(operations) : Layers;
        return all.FirstOrDefault(layer => layer.Name == name) ?? throw new ArgumentException(
            $"The model '{Name}' has no layer named '{name}'. {NearestName.Hint(name, Layers.Select(layer => layer.Name))}", nameof(name));
    }

    /// <summary>Returns the layer at an index of <see cref="Layers"/>. Keras: <c>get_layer(index=...)</c>.</summary>
    /// <param name="index">The index, from 0, or from the end: <c>^1</c> is the last layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has fewer layers.</exception>
    public Layer GetLayer(Index index)
    {
        BuildIfKnown();
        int at = index.GetOffset(Layers.Count);
        return at >= 0 && at < Layers.Count ? Layers[at] : throw new ArgumentOutOfRangeException(
            nameof(index), index, $"The model '{Name}' has {Layers.Count} layers, with the indices 0 to {Layers.Count - 1}.");
    }

    /// <summary>
    /// The input tensors of a <see cref="Functional"/>, of a <see cref="Sequential"/> with a known input shape, or of a model from a file.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// The model has no graph: it is a custom class, or its input shape is not known yet.
    /// </exception>
    public override IReadOnlyList<KerasTensor> Inputs => base.Inputs;

    /// <summary>The output tensors; see <see cref="Inputs"/>.</summary>
    /// <exception cref="InvalidOperationException">
    /// The model has no graph: it is a custom class, or its input shape is not known yet.
    /// </exception>
    public override IReadOnlyList<KerasTensor> Outputs => base.Outputs;

    /// <summary>
    /// Creates a model with the same layers and new initial weights, not compiled. <c>copy.SetWeights(model.GetWeights())</c> copies the
    /// weights. Keras: <c>clone_model</c>.
    /// </summary>
    /// <remarks>Custom classes must be registered with <see cref="CustomObjects"/>, as for loading files.</remarks>
    /// <exception cref="NotSupportedException">A layer has no configuration, such as a <see cref="Lambda"/>.</exception>
    public virtual Model Clone()
    {
        JsonObject architecture = ModelSerialization.Architecture(this, legacy: false);
        Model copy = ModelSerialization.ReadArchitecture(architecture, Name);
        if (DeclaresInput)
        {
            copy.EnsureBuilt();
        }

        return copy;
    }

    // In Keras, layers have weights as soon as they are part of a model.
    private void BuildIfKnown()
    {
        if (!Built && DeclaresInput)
        {
            EnsureBuilt();
        }
    }
}
