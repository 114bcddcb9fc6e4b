namespace Cairn.Saving.Hdf5;

/// <summary>A boolean as h5py stores it.</summary>
internal enum Hdf5Boolean : byte
{
    FALSE = 0,
    TRUE = 1,
}
