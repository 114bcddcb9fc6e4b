using Cairn.Training;

namespace Cairn.Layers;

// Layers made of layers: wrappers, recurrent layers with their cells, attention with its projections.
public abstract partial class Layer
{
    private readonly List<(string Attribute, Layer Layer)> sublayers = [];

    /// <summary>The layers this one is made of, under the attribute's name by which Keras' files know them.</summary>
    internal virtual IReadOnlyList<(string Attribute, Layer Layer)> Sublayers => sublayers;

    /// <summary>The layers this one is made of.</summary>
    private protected virtual IEnumerable<Layer> Parts => Sublayers.Select(s => s.Layer);

    /// <summary>How many layers run when this one runs once: the parts of a part are counted as often as it is called.</summary>
    internal virtual long CallCount => 1 + Parts.Sum(part => part.CallCount);

    /// <summary>What makes weights while this layer is built.</summary>
    private protected BuildContext? Builder => building;

    /// <summary>Makes a layer a part of this one: its weights become weights of this one.</summary>
    /// <typeparam name="TLayer">The part's type.</typeparam>
    /// <param name="layer">The part.</param>
    /// <param name="attribute">The name it is stored under in files, unique within this layer, such as <c>cell</c>; Keras uses the attribute's name.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentException">The name is used already, or means something else in files: <c>vars</c>, <c>layers</c>, <c>optimizer</c>.</exception>
    /// <exception cref="InvalidOperationException">This layer has its weights already.</exception>
    protected TLayer AddSublayer<TLayer>(TLayer layer, string attribute)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        CheckName(attribute);
        if (attribute is "vars" or "layers" or "optimizer")
        {
            throw new ArgumentException($"'{attribute}' means something else in files of weights; give the part another name.",
                nameof(attribute));
        }

        if (sublayers.Exists(s => s.Attribute == attribute))
        {
            throw new ArgumentException($"{ClassName} '{Name}' has a part '{attribute}' already.", nameof(attribute));
        }

        if (Built)
        {
            throw new InvalidOperationException($"{ClassName} '{Name}' has its weights already; add its parts before.");
        }

        sublayers.Add((attribute, layer));
        return layer;
    }

    /// <summary>Makes the weights of a part. Only callable from <see cref="Build(Shape)"/>.</summary>
    /// <param name="sublayer">A layer given to <see cref="AddSublayer"/>.</param>
    /// <param name="inputShapes">The shapes it will be called with, batch axes included.</param>
    /// <exception cref="InvalidOperationException">Called outside of <see cref="Build(Shape)"/>.</exception>
    protected void BuildSublayer(Layer sublayer, params IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(sublayer);
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (building is null)
        {
            throw new InvalidOperationException("The weights of parts are made in Build; make these there.");
        }

        sublayer.BuildFor(inputShapes, sublayer.ArgumentsFor(inputShapes.Count), building);
    }
}
