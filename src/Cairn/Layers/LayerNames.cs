using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Assigns unique names to the layers of a model: the given names, or Keras' automatic ones, numbered within the model.</summary>
internal static class LayerNames
{
    /// <summary>Names the layers that have no name yet, in creation order, as Keras does.</summary>
    /// <exception cref="ArgumentException">Two layers have the same name.</exception>
    public static void Assign(IEnumerable<Layer> layers)
    {
        Layer[] all = [.. layers];
        var taken = new TakenNames();
        foreach (Layer layer in all.Where(l => l.HasFinalName))
        {
            Take(layer, taken);
        }

        foreach (Layer layer in all.Where(l => !l.HasFinalName).OrderBy(l => l.Serial))
        {
            Take(layer, taken);
        }
    }

    /// <summary>Names a layer that is added to others.</summary>
    /// <exception cref="ArgumentException">The name is already taken.</exception>
    public static void Take(Layer layer, TakenNames taken)
    {
        if (layer.HasFinalName)
        {
            if (taken.Add(layer.Name))
            {
                return;
            }

            throw new ArgumentException($"Layer names must be unique; '{layer.Name}' is used twice.", nameof(layer));
        }

        layer.RenameTo(taken.Unique(SaveableNames.ToSnakeCase(layer.ClassName)));
    }
}
