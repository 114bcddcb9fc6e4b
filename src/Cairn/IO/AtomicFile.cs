using System.Security.Cryptography;
using System.Text;

namespace Cairn.Saving;

/// <summary>Writes files atomically: a file appears under its name complete, or not at all.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder and is flushed to the disk; then the file is renamed over the target and the
/// folder is flushed. If anything fails or the process is killed, the previous file is still there, complete. The temporary file is locked
/// while it is written. The lock is released before the rename, so that others can open the file at any time.
/// </remarks>
internal static class AtomicFile
{
    private const string Mark = ".cairn-tmp-";
    private const int MaximumNameBytes = 255;
    private const int RandomCharacters = 12;
    private const int Attempts = 10;

    /// <summary>Writes <paramref name="path"/>, replacing an existing file. Missing folders are created.</summary>
    /// <param name="path">The file to write. A symbolic link is followed.</param>
    /// <param name="write">Writes the content to a stream that can also be read and sought.</param>
    /// <exception cref="ArgumentException">The path is empty or names no file.</exception>
    /// <exception cref="IOException">The target is a folder, a parent folder is a file, or an I/O error occurred.</exception>
    /// <exception cref="PathTooLongException">The path is longer than the file system allows.</exception>
    /// <exception cref="UnauthorizedAccessException">The caller does not have permission to write to the folder or the file.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(write);

        string target = ResolveTarget(path);
        string folder = Path.GetDirectoryName(target)!;
        FileSystem files = FileSystem.Current;
        try
        {
            files.CreateFolder(folder);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"Cannot save '{path}': no permission to create the folder '{folder}'.", exception);
        }
        catch (IOException exception) when (exception is not PathTooLongException)
        {
            throw new IOException($"Cannot save '{path}': the folder '{folder}' can't be created ({exception.Message}).", exception);
        }

        RemoveStale(folder, TemporaryPrefix(target));
        for (int attempt = 1; !TryWrite(path, target, folder, write, isLast: attempt == Attempts); attempt++)
        {
            // Where folders can't be locked, another process may have cleaned up the file just before it was renamed.
        }

        files.FlushFolder(folder);
    }

    /// <summary>Deletes the temporary files that killed processes left behind in a folder, for any target.</summary>
    public static void RemoveStale(string folder) => RemoveStale(folder, null);

    /// <summary>The start of the name of a temporary file for <paramref name="target"/>.</summary>
    internal static string TemporaryPrefix(string target)
    {
        string name = Path.GetFileName(target);
        int room = MaximumNameBytes - 1 - Mark.Length - RandomCharacters;
        if (Encoding.UTF8.GetByteCount(name) > room)
        {
            // Too long to include in full: a digest still distinguishes the targets.
            name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        }

        return "." + name + Mark;
    }

    private static string ResolveTarget(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
        {
            throw new IOException($"Cannot save '{path}': it is a folder; pass the path of a file in it.");
        }

        if (UnixFile.OtherKind(full) is { } kind)
        {
            throw new IOException($"Cannot save '{path}': it is {kind}, which saving would replace; pass the path of a file.");
        }

        try
        {
            // Renaming over a link would replace the link and leave its target unchanged.
            FileSystemInfo? linked = new FileInfo(full) is { LinkTarget: not null } link
                ? link.ResolveLinkTarget(returnFinalTarget: true) : null;
            return linked is null ? full : linked.FullName;
        }
        catch (IOException exception)
        {
            throw new IOException($"Cannot save '{path}': the target of the link can't be resolved ({exception.Message}).", exception);
        }
    }

    /// <returns>True if the file was written; false if the temporary file was deleted by another process.</returns>
    private static bool TryWrite(string path, string target, string folder, Action<Stream> write, bool isLast)
    {
        FileSystem files = FileSystem.Current;
        using FileStream temporary = Create(path, target, folder);
        string name = temporary.Name;
        try
        {
            files.CopyOwnership(target, temporary);
            Stream content = files.Writing(temporary);
            write(content);
            content.Flush();
            files.Flush(temporary);
            using var naming = FolderLock.ForRenaming(folder);

            // Once renamed, the file is open to others, so the lock that marks it as being written must be released first.
            temporary.Dispose();
            return TryRename(name, target, path, isLast);
        }
        catch
        {
            Delete(name);
            throw;
        }
    }

    private static FileStream Create(string path, string target, string folder)
    {
        for (int attempt = 1; ; attempt++)
        {
            string random = RandomNumberGenerator.GetHexString(RandomCharacters, lowercase: true);
            string name = Path.Combine(folder, TemporaryPrefix(target) + random);
            try
            {
                return FileSystem.Current.Open(name, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    // Tells other processes that the file is in use.
                    Share = FileShare.None,
                    BufferSize = 64 * 1024,
                });
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new UnauthorizedAccessException(
                    $"Cannot save '{path}': no permission to write in the folder '{folder}'.", exception);
            }
            catch (PathTooLongException exception)
            {
                throw new PathTooLongException($"Cannot save '{path}': the path is longer than the file system allows.", exception);
            }
            catch (IOException) when (attempt < Attempts && Directory.Exists(folder))
            {
                // Another process took the name, or opened the new file just before it was locked.
            }
        }
    }

    private static bool TryRename(string temporary, string target, string path, bool isLast)
    {
        try
        {
            FileSystem.Current.Rename(temporary, target);
            return true;
        }
        catch (FileNotFoundException) when (!isLast)
        {
            return false;
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new UnauthorizedAccessException($"Cannot save '{path}': no permission to replace the file.", exception);
        }
        catch (PathTooLongException exception)
        {
            throw new PathTooLongException($"Cannot save '{path}': the path is longer than the file system allows.", exception);
        }
    }

    /// <summary>
    /// Deletes the temporary files that killed processes left behind, for one target or for all. Files that a running process writes are
    /// locked and kept.
    /// </summary>
    private static void RemoveStale(string folder, string? prefix)
    {
        try
        {
            FolderLock? alone = null;
            try
            {
                foreach (string file in FileSystem.Current.FilesOf(folder))
                {
                    string name = Path.GetFileName(file);
                    if (!(prefix is null ? IsTemporary(name) : IsTemporary(name, prefix)))
                    {
                        continue;
                    }

                    // A process about to rename its file has unlocked it; leave the cleanup to the next save.
                    if ((alone ??= FolderLock.ForClearing(folder)) is null)
                    {
                        return;
                    }

                    DeleteAbandoned(file);
                }
            }
            finally
            {
                alone?.Dispose();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder is writable but can't be listed: stale files may remain, the save continues.
        }
    }

    private static bool IsTemporary(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && !name.AsSpan(prefix.Length).Contains('.');

    private static bool IsTemporary(string name) => name.StartsWith('.')
        && name.LastIndexOf(Mark, StringComparison.Ordinal) is > 0 and var at && !name.AsSpan(at + Mark.Length).Contains('.');

    private static void DeleteAbandoned(string file)
    {
        try
        {
            // Locked while it is deleted: a process that has just created it and not locked it yet takes another name.
            using var probe = new FileStream(file, FileMode.Open, FileAccess.Read, OperatingSystem.IsWindows() ? FileShare.Delete
                : FileShare.None);
            Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In use, or already deleted.
        }
    }

    private static void Delete(string file)
    {
        try
        {
            FileSystem.Current.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The original failure matters more; the next save of the target tries again.
        }
    }
}
