namespace Cairn.Saving.Hdf5;

/// <summary>Distinguishes the kinds of Keras HDF5 files.</summary>
internal static class Hdf5Contents
{
    // Keras 3's weights are in groups below one of these; 2.12 and 2.13 used the second.
    private static readonly string[] Roots = ["layers", "_layer_checkpoint_dependencies", WeightsHdf5.Variables, "optimizer"];

    /// <summary>Determines what an open file contains.</summary>
    /// <exception cref="ModelFormatException">The file is a damaged HDF5 file.</exception>
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

        // A user-defined model class has the names of its parts at the root, each of which eventually leads to variables.
        return Array.Exists(Roots, root.Contains) || root.Names.Count > 0 && root.Names.All(root.IsGroup) ? Hdf5Content.Weights
            : Hdf5Content.LegacyWeights;
    }
}
