namespace Cairn.Saving.Hdf5;

/// <summary>The kind of Keras data in an HDF5 file, determined from its root group.</summary>
internal enum Hdf5Content
{
    /// <summary>Not an HDF5 file.</summary>
    None,

    /// <summary>A whole model in the legacy format.</summary>
    LegacyModel,

    /// <summary>Weights by layer in the legacy format.</summary>
    LegacyWeights,

    /// <summary>Weights by object path, <c>.weights.h5</c>.</summary>
    Weights,
}
