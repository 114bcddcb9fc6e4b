namespace Cairn.Saving.Hdf5;

/// <summary>One message of an object header: what describes a group or a data set.</summary>
internal readonly record struct Hdf5Message(Hdf5MessageType Type, ReadOnlyMemory<byte> Data);
