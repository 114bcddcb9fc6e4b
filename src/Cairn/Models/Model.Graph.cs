using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn;

// Reaching into a model, and making another one like it.
public abstract partial class Model
{
    /// <summary>A layer by its name. Keras: <c>get_layer</c>.</summary>
    /// <param name="name">The name, such as <c>dense_1</c>; see <see cref="Layer.Name"/>.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message names the nearest one.</exception>
    public Layer GetLayer(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        BuildIfKnown();
        IEnumerable<Layer> all = this is Functional { Operations: var operations } ? Layers.Concat(operations) : Layers;
        return all.FirstOrDefault(layer => layer.Name == name) ?? throw new ArgumentException(
            $"The model '{Name}' has no layer named '{name}'. {NearestName.Hint(name, Layers.Select(layer => layer.Name))}", nameof(name));
    }

    /// <summary>A layer by its place among <see cref="Layers"/>. Keras: <c>get_layer(index=...)</c>.</summary>
    /// <param name="index">The place, from 0 on, or from the end: <c>^1</c> is the last layer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has fewer layers.</exception>
    public Layer GetLayer(Index index)
    {
        BuildIfKnown();
        int at = index.GetOffset(Layers.Count);
        return at >= 0 && at < Layers.Count ? Layers[at] : throw new ArgumentOutOfRangeException(
            nameof(index), index, $"The model '{Name}' has {Layers.Count} layers, with the indices 0 to {Layers.Count - 1}.");
    }

    /// <summary>
    /// The tensors that go in, of a <see cref="Functional"/>, a <see cref="Sequential"/> whose input's shape is known, or a model from a
    /// file.
    /// </summary>
    /// <exception cref="InvalidOperationException">A model of a class of your own has no graph, nor has one of which the input is not
    /// known yet.</exception>
    public override IReadOnlyList<KerasTensor> Inputs => base.Inputs;

    /// <summary>The tensors that come out; see <see cref="Inputs"/>.</summary>
    /// <exception cref="InvalidOperationException">A model of a class of your own has no graph, nor has one of which the input is not
    /// known yet.</exception>
    public override IReadOnlyList<KerasTensor> Outputs => base.Outputs;

    /// <summary>
    /// A model of the same layers with weights of its own, which begin anew, as in Keras; <c>copy.SetWeights(model.GetWeights())</c> gives
    /// it the same numbers. It is not compiled. Keras: <c>clone_model</c>.
    /// </summary>
    /// <remarks>Classes of your own have to be known to <see cref="CustomObjects"/> with their configuration, as for files.</remarks>
    /// <exception cref="NotSupportedException">A part can't say what it was made of, such as a <see cref="Lambda"/>.</exception>
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

    // Keras' layers have their weights as soon as they are in a model.
    private void BuildIfKnown()
    {
        if (!Built && DeclaresInput)
        {
            EnsureBuilt();
        }
    }
}
