namespace Cairn.Saving.Hdf5;

/// <summary>Tells the HDF5 files of Keras apart.</summary>
internal static class Hdf5Contents
{
    // Keras 3's weights lie in groups below one of these; 2.12 and 2.13 had the second.
    private static readonly string[] Roots = ["layers", "_layer_checkpoint_dependencies", WeightsHdf5.Variables, "optimizer"];

    /// <summary>What an open file holds.</summary>
    /// <exception cref="ModelFormatException">It is an HDF5 file, and a damaged one.</exception>
    public static Hdf5Content Of(WeightSource file) => Hdf5File.IsHdf5(file) ? Hdf5File.Read(file, null, Of) : Hdf5Content.None;

    private static Hdf5Content Of(Hdf5File file)
    {
        Hdf5Group root = file.Root;
        if (root.AttributeNames.Contains("model_config"))
        {
            return Hdf5Content.LegacyModel;
        }

        bool hasLayers = root.AttributeNames.Any(name => name is "layer_names" or "layer_names0");
        if (hasLayers || root.Contains("model_weights"))
        {
            return Hdf5Content.LegacyWeights;
        }

        // A model of one's own class has its parts' names at the root, each of which leads to variables in the end.
        return Array.Exists(Roots, root.Contains) || root.Names.Count > 0 && root.Names.All(root.IsGroup) ? Hdf5Content.Weights
            : Hdf5Content.LegacyWeights;
    }
}
