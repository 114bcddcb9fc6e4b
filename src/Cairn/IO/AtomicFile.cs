using System.Security.Cryptography;
using System.Text;

namespace Cairn.Saving;

/// <summary>The one way a file comes into being: complete under its name, or not at all.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder, is flushed to the disk, and takes the name by a rename; then the
/// folder is flushed. Whatever fails or is killed on the way, the previous file is still there, whole. While it is written it is locked; with
/// the name it is locked no more, so that everybody can open it at any instant.
/// </remarks>
internal static class AtomicFile
{
    private const string Mark = ".cairn-tmp-";
    private const int MaximumNameBytes = 255;
    private const int RandomCharacters = 12;
    private const int Attempts = 10;

    /// <summary>Writes <paramref name="path"/>, replacing what is there. Missing folders are created.</summary>
    /// <param name="path">The file to write. A symbolic link is followed.</param>
    /// <param name="write">Writes the content to a stream that can also be read and sought.</param>
    /// <exception cref="ArgumentException">The path is empty or names no file.</exception>
    /// <exception cref="IOException">The target is a folder, a folder on the way is a file, or the disk failed.</exception>
    /// <exception cref="PathTooLongException">The file system does not take a name this long.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
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
            throw new IOException($"Cannot save '{path}': the folder '{folder}' cannot be created ({exception.Message}).", exception);
        }

        RemoveStale(folder, TemporaryPrefix(target));
        for (int attempt = 1; !TryWrite(path, target, folder, write, isLast: attempt == Attempts); attempt++)
        {
            // Where folders can't be locked, somebody who cleared away took the file in the instant before it had its name.
        }

        files.FlushFolder(folder);
    }

    /// <summary>Deletes what killed processes left behind in a folder, for whatever target.</summary>
    public static void RemoveStale(string folder) => RemoveStale(folder, null);

    /// <summary>What the name of a temporary file for <paramref name="target"/> begins with.</summary>
    internal static string TemporaryPrefix(string target)
    {
        string name = Path.GetFileName(target);
        int room = MaximumNameBytes - 1 - Mark.Length - RandomCharacters;
        if (Encoding.UTF8.GetByteCount(name) > room)
        {
            // Too long to carry in full: a digest still tells the targets apart.
            name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        }

        return "." + name + Mark;
    }

    private static string ResolveTarget(string path)
    {
        string full = Path.GetFullPath(path);
        if (Path.EndsInDirectorySeparator(full) || Directory.Exists(full))
        {
            throw new IOException($"Cannot save '{path}': it is a folder; give the name of a file in it.");
        }

        if (UnixFile.OtherKind(full) is { } kind)
        {
            throw new IOException($"Cannot save '{path}': it is {kind}, which a file would replace; give the name of a file.");
        }

        try
        {
            // Renaming over a link would replace the link and leave the file it points to as it was.
            FileSystemInfo? linked = new FileInfo(full) is { LinkTarget: not null } link
                ? link.ResolveLinkTarget(returnFinalTarget: true) : null;
            return linked is null ? full : linked.FullName;
        }
        catch (IOException exception)
        {
            throw new IOException($"Cannot save '{path}': where the link leads can't be found ({exception.Message}).", exception);
        }
    }

    /// <returns>Whether it is written; false where the temporary file was taken away.</returns>
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

            // With its name it is open to everybody; the lock that says it is being written must be gone by then.
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
                // Another process took the name, or looked at the new file in the instant before it was locked.
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

    /// <summary>Deletes what killed processes left behind, for one target or for all. What a living one is writing is locked and stays.</summary>
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

                    // Who gives a file its name has unlocked it; the next save clears away.
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
            // A folder that can be written but not listed: rubbish may stay, saving goes on.
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
            // Locked while it is deleted: who has just made it, and not locked it yet, takes another name.
            using var probe = new FileStream(file, FileMode.Open, FileAccess.Read, OperatingSystem.IsWindows() ? FileShare.Delete
                : FileShare.None);
            Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // In use, or gone.
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
            // The failure that led here matters more; the next save of the target tries again.
        }
    }
}
