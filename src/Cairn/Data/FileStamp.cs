namespace Cairn.Data;

/// <summary>How a file was when it was opened first, to notice that it is another one later.</summary>
internal sealed class FileStamp(string path)
{
    private readonly (long Length, DateTime Written) before = Look(path);

    /// <summary>Throws where the file was written to or replaced: an epoch would be trained on other data than the one before.</summary>
    /// <exception cref="IOException">It was, or is gone.</exception>
    public void RequireUnchanged()
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The file '{path}' is gone since the training on it began.", path);
        }

        if (Look(path) != before)
        {
            throw new IOException($"The file '{path}' was written to after the training on it began; an epoch would have other data than "
                + "the one before.");
        }
    }

    private static (long Length, DateTime Written) Look(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc);
    }
}
