namespace Cairn.Saving.Hdf5;

/// <summary>An entry of a group: the address of the object, or for a soft link its path in the same file.</summary>
internal readonly record struct Hdf5Link(ulong Address, string? Target);
