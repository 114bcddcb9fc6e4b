using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>
/// Keeps the two apart that look at the temporary files of a folder: who gives one its name, and must unlock it before, since others may open it
/// from then on; and who clears away those that nobody has locked. A lock on the folder keeps nobody out of its files.
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

    /// <summary>For giving a file its name. Waits for who is clearing away; goes on without where folders can't be locked.</summary>
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

    /// <summary>For clearing away; null while somebody gives a file its name.</summary>
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
