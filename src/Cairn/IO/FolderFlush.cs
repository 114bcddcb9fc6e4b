using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Makes the entries of a folder survive a power failure: on Unix, a rename is durable only after its folder is flushed.</summary>
internal static partial class FolderFlush
{
    // The same values on Linux and macOS.
    private const int ReadOnly = 0;
    private const int InputOutputError = 5;

    /// <summary>Creates the folder and its missing parents, and flushes each one's parent.</summary>
    public static void CreateDurably(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var missing = new List<string>();
        for (string? current = folder; current is not null && !Directory.Exists(current); current = Path.GetDirectoryName(current))
        {
            missing.Add(current);
        }

        Directory.CreateDirectory(folder);
        foreach (string created in missing)
        {
            if (Path.GetDirectoryName(created) is { } parent)
            {
                Flush(parent);
            }
        }
    }

    /// <summary>Flushes the entries of the folder to the disk. Does nothing on Windows, which has no such call.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            return; // A folder that is writable but not readable can't be flushed.
        }

        try
        {
            // Some file systems do not support flushing folders; only a failing disk is an error.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() == InputOutputError)
            {
                throw new IOException(
                    $"The folder '{folder}' could not be flushed to the disk: {new Win32Exception(InputOutputError).Message}.");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
