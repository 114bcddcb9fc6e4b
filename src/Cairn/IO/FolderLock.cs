using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>
/// Coordinates two operations on the temporary files of a folder: renaming a file, which must be unlocked first since others may open it
/// from then on; and cleaning up files that no process has locked. The lock on the folder does not block access to its files.
/// </summary>
internal sealed partial class FolderLock : IDisposable
{
    private const int Shared = 1;
    private const int Alone = 2;
    private const int AtOnce = 4;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly int ReadOnlyAndNotInherited = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;
    private readonly int descriptor;

    private FolderLock(int descriptor) => this.descriptor = descriptor;

    /// <summary>The lock for renaming a file. Waits for a cleanup to end; continues without a lock if folders can't be locked.</summary>
    public static FolderLock ForRenaming(string folder)
    {
        int descriptor = OpenFolder(folder);
        var clock = Stopwatch.StartNew();
        while (descriptor >= 0 && Lock(descriptor, Shared | AtOnce) != 0 && Marshal.GetLastPInvokeError() == WouldBlock
            && clock.Elapsed < LongestWait)
        {
            Thread.Sleep(1);
        }

        return new FolderLock(descriptor);
    }

    /// <summary>The lock for cleaning up; null while another process renames a file.</summary>
    public static FolderLock? ForClearing(string folder)
    {
        int descriptor = OpenFolder(folder);
        if (descriptor >= 0 && Lock(descriptor, Alone | AtOnce) != 0 && Marshal.GetLastPInvokeError() == WouldBlock)
        {
            _ = Close(descriptor);
            return null;
        }

        return new FolderLock(descriptor);
    }

    public void Dispose()
    {
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }
    }

    private static int OpenFolder(string folder) => OperatingSystem.IsWindows() ? -1 : Open(folder, ReadOnlyAndNotInherited);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
