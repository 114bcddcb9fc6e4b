using System.Diagnostics;

namespace Cairn.Saving;

/// <summary>The operating system calls of a save, in one place, so that tests can make each of them fail.</summary>
internal class FileSystem
{
    // The HResult of the exception for a file that another process has locked.
    private static readonly int SharingViolation = OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsMacOS() ? 35 : 11;
    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(10);
    private static readonly FileSystem Real = new();
    private static readonly AsyncLocal<FileSystem?> Replacement = new();

    /// <summary>
    /// The current file system: the real one, unless this flow of execution, including its background work, has replaced it.
    /// </summary>
    public static FileSystem Current
    {
        get => Replacement.Value ?? Real;
        set => Replacement.Value = value;
    }

    /// <summary>Creates a folder and its missing parents, and flushes each one's parent.</summary>
    public virtual void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        Before("create folder", path);
        FolderFlush.CreateDurably(path);
    }

    /// <summary>The files of a folder.</summary>
    public IEnumerable<string> FilesOf(string folder)
    {
        Before("list", folder);
        return Directory.EnumerateFiles(folder);
    }

    /// <summary>Opens a file.</summary>
    public virtual FileStream Open(string path, FileStreamOptions options)
    {
        Before("open", path);
        return new FileStream(path, options);
    }

    /// <summary>
    /// Opens a growing file that other programs read: takes no lock, and waits a few seconds for another process to release its lock.
    /// </summary>
    public FileStream OpenShared(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0
        };
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                FileStream file = Open(path, options);
                UnixFile.Unlock(file);
                return file;
            }
            catch (IOException exception) when (exception.HResult == SharingViolation && clock.Elapsed < LongestLock)
            {
                Thread.Sleep(LockPause);
            }
        }
    }

    /// <summary>The stream to write the content to.</summary>
    public virtual Stream Writing(FileStream file) => file;

    /// <summary>Gives a new file the owner, group and permissions of the file it will replace, if there is one.</summary>
    public void CopyOwnership(string from, FileStream to)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(from))
        {
            return;
        }

        Before("set permissions", to.Name);
        UnixFile.CopyOwnership(from, to);
    }

    /// <summary>Appends to a file: all bytes or none.</summary>
    public void Append(FileStream file, ReadOnlySpan<byte> bytes)
    {
        long end = file.Length;
        file.Position = end;
        try
        {
            Stream writing = Writing(file);
            writing.Write(bytes);
            writing.Flush();
        }
        catch
        {
            // A partial row or record would be misread together with the next one.
            Cut(file, end);
            throw;
        }
    }

    /// <summary>Truncates a file to a length.</summary>
    public void SetLength(FileStream file, long length)
    {
        if (file.Length != length)
        {
            Before("cut", file.Name);
            Cut(file, length);
        }
    }

    /// <summary>Flushes the content of a file to the disk.</summary>
    public void Flush(FileStream file)
    {
        Before("flush", file.Name);
        Sync(file);
    }

    /// <summary>Renames a file, replacing an existing one.</summary>
    public virtual void Rename(string from, string to)
    {
        Before("rename", to);
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Flushes the entries of a folder to the disk.</summary>
    public void FlushFolder(string path)
    {
        Before("flush folder", path);
        SyncFolder(path);
    }

    /// <summary>Deletes a file if it exists.</summary>
    public virtual void Delete(string path)
    {
        Before("delete", path);
        File.Delete(path);
    }

    /// <summary>Changes the length of a file.</summary>
    protected virtual void Cut(FileStream file, long length) => file.SetLength(length);

    /// <summary>Flushes a file to the disk.</summary>
    protected virtual void Sync(FileStream file) => file.Flush(flushToDisk: true);

    /// <summary>Flushes a folder's entries to the disk.</summary>
    protected virtual void SyncFolder(string path) => FolderFlush.Flush(path);

    /// <summary>Called before each operation; a test throws here what the operation could throw.</summary>
    protected virtual void Before(string operation, string path)
    {
    }
}
