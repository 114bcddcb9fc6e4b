using System.Runtime.InteropServices;

namespace Cairn.Layers;

/// <summary>Determines which exceptions in a layer's function need an explanation, and their messages.</summary>
internal static class LayerFailure
{
    private static readonly string Own = typeof(LayerFailure).Assembly.GetName().Name!;

    /// <summary>
    /// Whether an exception comes from libtorch, TorchSharp or .NET, and therefore does not say where in the model it occurred.
    /// </summary>
    public static bool IsUnexplained(Exception exception, Layer layer)
    {
        if (exception is LayerException or OperationCanceledException or OutOfMemoryException or ObjectDisposedException)
        {
            return false;
        }

        if (exception is ExternalException)
        {
            return !Says(exception, "allocate memory") && !Says(exception, "out of memory");
        }

        if (!layer.HasUserCode)
        {
            return false;
        }

        return exception is NullReferenceException or IndexOutOfRangeException or InvalidCastException or DivideByZeroException
            or KeyNotFoundException || (exception.Source != Own && exception.Source != layer.UserAssembly);
    }

    /// <summary>The message, without the native stack trace that libtorch appends.</summary>
    public static string Describe(Exception exception)
    {
        string message = exception.Message;
        int trace = message.IndexOf("\nException raised from", StringComparison.Ordinal);
        message = (trace < 0 ? message : message[..trace]).Trim();
        return exception is ExternalException ? message : $"{exception.GetType().Name}: {message}";
    }

    private static bool Says(Exception exception, string words) => exception.Message.Contains(words, StringComparison.OrdinalIgnoreCase);
}
