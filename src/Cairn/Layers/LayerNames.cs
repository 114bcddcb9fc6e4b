using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Gives the layers of a model names of their own: those they were given, or Keras' automatic ones, counted within the model.</summary>
internal static class LayerNames
{
    /// <summary>Names the layers that have no name yet, in the order in which they were made, as Keras does.</summary>
    /// <exception cref="ArgumentException">Two layers come with the same name.</exception>
    public static void Settle(IEnumerable<Layer> layers)
    {
        Layer[] all = [.. layers];
        var taken = new TakenNames();
        foreach (Layer layer in all.Where(l => l.HasSettledName))
        {
            Take(layer, taken);
        }

        foreach (Layer layer in all.Where(l => !l.HasSettledName).OrderBy(l => l.Serial))
        {
            Take(layer, taken);
        }
    }

    /// <summary>Names a layer that joins others.</summary>
    /// <exception cref="ArgumentException">Its name is theirs already.</exception>
    public static void Take(Layer layer, TakenNames taken)
    {
        if (layer.HasSettledName)
        {
            if (taken.Add(layer.Name))
            {
                return;
            }

            throw new ArgumentException($"Layers need names of their own; '{layer.Name}' is used twice.", nameof(layer));
        }

        layer.RenameTo(taken.Unique(SaveableNames.ToSnakeCase(layer.ClassName)));
    }
}
