namespace Cairn.Native;

/// <summary>
/// Thrown when libtorch, the native library that computes, could not be loaded. The message says what is missing on this machine or in this
/// program and how to install it; the message of the system's loader is in <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class LibTorchException : Exception
{
    internal LibTorchException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
