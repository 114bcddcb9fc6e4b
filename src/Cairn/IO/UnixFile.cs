using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Saving;

/// <summary>What Unix knows of a file and .NET does not tell: its kind, owner and device; and its locks.</summary>
internal static partial class UnixFile
{
    private const int KindMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int Unlocking = 8;

    // The permissions of the group, and how far those of the others are from them.
    private const UnixFileMode GroupMask = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const int OthersToGroup = 3;

    /// <summary>What is at a path that is neither a file nor a folder, with its article; null for those, and where nothing is. Links are followed.</summary>
    public static string? OtherKind(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return Path.GetFullPath(path).StartsWith(@"\\.\", StringComparison.Ordinal) ? "a device" : null;
        }

        return !TryLook(path, out Status status) ? null : (status.Mode & KindMask) switch
        {
            RegularFile or Folder => null,
            0x1000 => "a FIFO",
            0xC000 => "a socket",
            _ => "a device",
        };
    }

    /// <summary>Whether two paths are on the same file system; true where that can't be told.</summary>
    public static bool AreOnOneDevice(string path, string other) =>
        OperatingSystem.IsWindows() || !TryLook(path, out Status first) || !TryLook(other, out Status second)
        || first.Device == second.Device;

    /// <summary>Gives a new file the owner, the group and the mode of another one, as far as this process may.</summary>
    public static void CopyOwnership(string from, FileStream to)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        UnixFileMode mode = File.GetUnixFileMode(from);
        if (TryLook(from, out Status wanted) && TryLook(to.Name, out Status made))
        {
            if (wanted.Owner != made.Owner)
            {
                _ = ChangeOwner(to.SafeFileHandle, wanted.Owner, uint.MaxValue);
            }

            if (wanted.Group != made.Group && ChangeOwner(to.SafeFileHandle, uint.MaxValue, wanted.Group) != 0)
            {
                // What the group of before was allowed, the group of now is not: it is one of the others.
                var others = (UnixFileMode)(((int)mode << OthersToGroup) & (int)GroupMask);
                mode = (mode & ~(GroupMask | UnixFileMode.SetGroup)) | others;
            }
        }

        File.SetUnixFileMode(to.SafeFileHandle, mode);
    }

    /// <summary>Takes away the lock that .NET puts on every file it opens, so that nobody is kept out by it.</summary>
    public static void Unlock(FileStream file)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Lock(file.SafeFileHandle, Unlocking);
        }
    }

    private static bool TryLook(string path, out Status status)
    {
        status = default;
        try
        {
            return Stat(path, out status) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    // The runtime's own: the same on every Unix, while that of libc has another layout on each.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, out Status status);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Lock(SafeFileHandle file, int operation);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(4)]
        public int Mode;

        [FieldOffset(8)]
        public uint Owner;

        [FieldOffset(12)]
        public uint Group;

        [FieldOffset(88)]
        public long Device;
    }
}
