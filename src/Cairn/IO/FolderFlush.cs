using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Makes the entries of a folder survive a power failure: on Unix a rename is durable only once its folder is flushed.</summary>
internal static partial class FolderFlush
{
    // The same numbers on Linux and macOS.
    private const int ReadOnly = 0;
    private const int InputOutputError = 5;

    /// <summary>Creates the folder and its missing parents, each flushed into the one above.</summary>
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
            return; // A folder may be writable and not readable; there is then no way to flush it.
        }

        try
        {
            // Some file systems refuse to flush folders; only a failing disk is an error of the save.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() == InputOutputError)
            {
                throw new IOException(
                    $"The folder '{folder}' could not be flushed to disk: {new Win32Exception(InputOutputError).Message}.");
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
