using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Saving;

/// <summary>Unix file information that .NET does not expose: kind, owner and device; and file locks.</summary>
internal static partial class UnixFile
{
    private const int KindMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int Unlocking = 8;

    // The permission bits of the group, and how far they are shifted from those of others.
    private const UnixFileMode GroupMask = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
    private const int OthersToGroup = 3;

    /// <summary>
    /// The kind of a path that is neither a file nor a folder, with its article; null for files, folders and missing paths. Links are
    /// followed.
    /// </summary>
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

    /// <summary>Whether two paths are on the same file system; true if that can't be determined.</summary>
    public static bool AreOnOneDevice(string path, string other) =>
        OperatingSystem.IsWindows() || !TryLook(path, out Status first) || !TryLook(other, out Status second)
        || first.Device == second.Device;

    /// <summary>Gives a new file the owner, group and mode of another one, as far as this process has permission.</summary>
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
                // The new group must not inherit the old group's permissions: it gets those of others.
                var others = (UnixFileMode)(((int)mode << OthersToGroup) & (int)GroupMask);
                mode = (mode & ~(GroupMask | UnixFileMode.SetGroup)) | others;
            }
        }

        File.SetUnixFileMode(to.SafeFileHandle, mode);
    }

    /// <summary>Releases the lock that .NET takes on every file it opens, so that it blocks no other process.</summary>
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

    // The runtime's own function: it is the same on every Unix, whereas libc's has a different layout on each.
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
