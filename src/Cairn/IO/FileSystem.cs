using System.Diagnostics;

namespace Cairn.Saving;

/// <summary>The calls to the operating system that a save makes, in one place, so that tests can let each of them fail.</summary>
internal class FileSystem
{
    // What the exception of a file that somebody else has locked says.
    private static readonly int SharingViolation = OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsMacOS() ? 35 : 11;
    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(10);
    private static readonly FileSystem Real = new();
    private static readonly AsyncLocal<FileSystem?> Replacement = new();

    /// <summary>The one in use: the real one, unless this flow of execution, and what it starts in the background, has replaced it.</summary>
    public static FileSystem Current
    {
        get => Replacement.Value ?? Real;
        set => Replacement.Value = value;
    }

    /// <summary>Creates a folder and its missing parents, each flushed into the one above.</summary>
    public void CreateFolder(string path)
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
    public FileStream Open(string path, FileStreamOptions options)
    {
        Before("open", path);
        return new FileStream(path, options);
    }

    /// <summary>Opens a file that grows while others read it: without a lock, and waiting a while for who has one on it.</summary>
    public FileStream OpenShared(string path, FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0 };
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

    /// <summary>The stream that content is written to.</summary>
    public virtual Stream Writing(FileStream file) => file;

    /// <summary>Gives a new file the owner, the group and the permissions of the one it is to replace, if there is one.</summary>
    public void CopyOwnership(string from, FileStream to)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(from))
        {
            return;
        }

        Before("set permissions", to.Name);
        UnixFile.CopyOwnership(from, to);
    }

    /// <summary>Adds to the end of a file: all of it or nothing.</summary>
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
            // Half a row or record would be misread together with the next.
            file.SetLength(end);
            throw;
        }
    }

    /// <summary>Waits until the content is on the disk.</summary>
    public void Flush(FileStream file)
    {
        Before("flush", file.Name);
        Sync(file);
    }

    /// <summary>Gives a file another name, in place of the file that has it.</summary>
    public void Rename(string from, string to)
    {
        Before("rename", to);
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Waits until the names in a folder are on the disk.</summary>
    public void FlushFolder(string path)
    {
        Before("flush folder", path);
        SyncFolder(path);
    }

    /// <summary>Deletes a file, if it is there.</summary>
    public void Delete(string path)
    {
        Before("delete", path);
        File.Delete(path);
    }

    /// <summary>What waits for the disk.</summary>
    protected virtual void Sync(FileStream file) => file.Flush(flushToDisk: true);

    /// <summary>What waits for the disk to have a folder's names.</summary>
    protected virtual void SyncFolder(string path) => FolderFlush.Flush(path);

    /// <summary>Called before each of the calls; a test throws here what the call could throw.</summary>
    protected virtual void Before(string operation, string path)
    {
    }
}
