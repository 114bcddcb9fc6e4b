namespace Cairn.Native;

/// <summary>
/// libtorch, the native library that computes, could not be loaded. The message says what is missing on this machine or in this
/// program and how to get it; <see cref="Exception.InnerException"/> holds the words of the system's loader.
/// </summary>
public sealed class LibTorchException : Exception
{
    internal LibTorchException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
