namespace Cairn.Saving.Hdf5;

/// <summary>What an HDF5 file of Keras holds, by what its root has.</summary>
internal enum Hdf5Content
{
    /// <summary>It is no HDF5 file.</summary>
    None,

    /// <summary>A whole model in the older format.</summary>
    LegacyModel,

    /// <summary>Weights by layers in the older format.</summary>
    LegacyWeights,

    /// <summary>Weights by the places of their objects, <c>.weights.h5</c>.</summary>
    Weights,
}
