namespace Cairn.Build;

/// <summary>Thrown when the bytes are not a valid 64-bit x86 shared library; the message says why.</summary>
internal sealed class ElfFormatException(string message) : Exception(message);
