using System.Security.Cryptography;
using System.Text;

namespace Cairn.Saving;

/// <summary>The one way a file comes into being: complete under its name, or not at all.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder, is flushed to the disk, and takes the name by a rename; then the
/// folder is flushed. Whatever fails or is killed on the way, the previous file is still there, whole.
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

        RemoveStale(target, folder);
        using FileStream temporary = Create(path, target, folder);
        try
        {
            files.CopyPermissions(target, temporary);
            Stream content = files.Writing(temporary);
            write(content);
            content.Flush();
            files.Flush(temporary);
            Rename(temporary.Name, target, path);
        }
        catch
        {
            Delete(temporary.Name);
            throw;
        }

        files.FlushFolder(folder);
    }

    /// <summary>Deletes what killed processes left behind in a folder, for whatever target. What a living one is writing stays.</summary>
    public static void RemoveStale(string folder)
    {
        try
        {
            foreach (string file in FileSystem.Current.FilesOf(folder))
            {
                if (IsTemporary(Path.GetFileName(file)) && !IsInUse(file))
                {
                    Delete(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Rubbish may stay; whoever saves here will say what is wrong with the folder.
        }
    }

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

        // Renaming over a link would replace the link and leave the file it points to as it was.
        FileSystemInfo? linked = new FileInfo(full) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true) : null;
        return linked is null ? full : linked.FullName;
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
                    // Tells other processes that the file is in use; on Windows an open file can be renamed only if shared so.
                    Share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None,
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

    private static void Rename(string temporary, string target, string path)
    {
        try
        {
            FileSystem.Current.Rename(temporary, target);
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

    /// <summary>Deletes what killed processes left behind for the same target. What a living one is writing is locked and stays.</summary>
    private static void RemoveStale(string target, string folder)
    {
        string prefix = TemporaryPrefix(target);
        try
        {
            foreach (string file in FileSystem.Current.FilesOf(folder))
            {
                if (IsTemporary(Path.GetFileName(file), prefix) && !IsInUse(file))
                {
                    Delete(file);
                }
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

    private static bool IsInUse(string file)
    {
        try
        {
            using var probe = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None);
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
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
