namespace Cairn.Data;

/// <summary>The size and time stamp of a file when it was first opened, to detect later changes.</summary>
internal sealed class FileStamp(string path)
{
    private readonly (long Length, DateTime Written) before = Look(path);

    /// <summary>Throws if the file was modified or replaced, because epochs would then be trained on different data.</summary>
    /// <exception cref="IOException">The file was changed or deleted.</exception>
    public void RequireUnchanged()
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The file '{path}' was deleted during training.", path);
        }

        if (Look(path) != before)
        {
            throw new IOException($"The file '{path}' was modified during training; every epoch must use the same data.");
        }
    }

    private static (long Length, DateTime Written) Look(string path)
    {
        var file = new FileInfo(path);
        return (file.Length, file.LastWriteTimeUtc);
    }
}
