namespace Cairn.Saving.Hdf5;

/// <summary>An entry of a group: where the object is, or for a soft link by what path it is found in the same file.</summary>
internal readonly record struct Hdf5Link(ulong Address, string? Target);
