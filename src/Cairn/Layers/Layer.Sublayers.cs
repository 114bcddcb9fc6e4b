using Cairn.Training;

namespace Cairn.Layers;

// Layers that contain layers: wrappers, recurrent layers with their cells, attention with its projections.
public abstract partial class Layer
{
    private readonly List<(string Attribute, Layer Layer)> sublayers = [];

    /// <summary>The sublayers, keyed by the attribute names that Keras files use.</summary>
    internal virtual IReadOnlyList<(string Attribute, Layer Layer)> Sublayers => sublayers;

    /// <summary>The sublayers.</summary>
    private protected virtual IEnumerable<Layer> Parts => Sublayers.Select(s => s.Layer);

    /// <summary>The number of layer calls in one call of this layer: sublayers of a sublayer count once for each of its calls.</summary>
    internal virtual long CallCount => 1 + Parts.Sum(part => part.CallCount);

    /// <summary>The context that creates weights while this layer is built.</summary>
    private protected BuildContext? Builder => building;

    /// <summary>Adds a sublayer: its weights become weights of this layer.</summary>
    /// <typeparam name="TLayer">Type of the sublayer.</typeparam>
    /// <param name="layer">The sublayer.</param>
    /// <param name="attribute">The name it is stored under in files, unique within this layer, for example <c>cell</c>; Keras uses the
    /// attribute's name.</param>
    /// <returns>The sublayer.</returns>
    /// <exception cref="ArgumentException">The name is already used, or is reserved in files: <c>vars</c>, <c>layers</c>,
    /// <c>optimizer</c>.</exception>
    /// <exception cref="InvalidOperationException">This layer is already built.</exception>
    protected TLayer AddSublayer<TLayer>(TLayer layer, string attribute)
        where TLayer : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        CheckName(attribute);
        if (attribute is "vars" or "layers" or "optimizer")
        {
            throw new ArgumentException($"'{attribute}' is reserved in weight files; give the sublayer another name.", nameof(attribute));
        }

        if (sublayers.Exists(s => s.Attribute == attribute))
        {
            throw new ArgumentException($"{ClassName} '{Name}' already has a sublayer '{attribute}'.", nameof(attribute));
        }

        if (Built)
        {
            throw new InvalidOperationException($"{ClassName} '{Name}' is already built; add sublayers before that.");
        }

        sublayers.Add((attribute, layer));
        if (isPolicyGiven)
        {
            layer.TakeDTypePolicy(DTypePolicy);
        }

        return layer;
    }

    /// <summary>Creates the weights of a sublayer. Can only be called from <see cref="Build(Shape)"/>.</summary>
    /// <param name="sublayer">A layer that was passed to <see cref="AddSublayer"/>.</param>
    /// <param name="inputShapes">The shapes it will be called with, batch axes included.</param>
    /// <exception cref="InvalidOperationException">Called outside of <see cref="Build(Shape)"/>.</exception>
    protected void BuildSublayer(Layer sublayer, params IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(sublayer);
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (building is null)
        {
            throw new InvalidOperationException("Sublayers can only be built in Build.");
        }

        sublayer.BuildFor(inputShapes, sublayer.ArgumentsFor(inputShapes.Count), building);
    }
}
