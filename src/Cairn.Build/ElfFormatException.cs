namespace Cairn.Build;

/// <summary>The bytes are not the 64-bit x86 shared library they should be; the message says in which way.</summary>
internal sealed class ElfFormatException(string message) : Exception(message);
