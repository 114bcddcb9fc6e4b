namespace Cairn.Saving.Hdf5;

/// <summary>One message of an object header, which describes a group or data set.</summary>
internal readonly record struct Hdf5Message(Hdf5MessageType Type, ReadOnlyMemory<byte> Data);
