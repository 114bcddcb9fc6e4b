namespace Cairn.Build;

/// <summary>
/// Writes a library with its version requirement made weak. The source file is never written to, and neither is another name (hard link)
/// of a replaced file: the new bytes go to a temporary file beside the destination, which is then renamed over it. A destination that is
/// a hard or symbolic link into the package cache therefore becomes a separate file, and the cache keeps its bytes.
/// </summary>
internal static class MarkedCopy
{
    // libLibTorchSharp.so has 2.4 MB; anything larger than this is a different file.
    private const long MostBytes = 256 * 1024 * 1024;

    /// <summary>
    /// Reads <paramref name="source"/> and, if its marker is strong, writes the marked library to <paramref name="destination"/>.
    /// </summary>
    /// <param name="source">The library.</param>
    /// <param name="destination">
    /// Where to write the marked library; may be <paramref name="source"/> itself, whose timestamp is then kept.
    /// </param>
    /// <returns>The state of <paramref name="source"/>, and the reason if it was left unchanged.</returns>
    /// <exception cref="IOException">Reading or writing failed; the destination is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading or writing is not allowed; the destination is unchanged.</exception>
    public static (MarkerState State, string? Reason) Write(string source, string destination)
    {
        long size = new FileInfo(source).Length;
        if (size > MostBytes)
        {
            return (MarkerState.Untouchable, $"it has {size} bytes, too many for such a library");
        }

        byte[] bytes = File.ReadAllBytes(source);
        var marker = GlibcxxMarker.Inspect(bytes);
        if (marker.State == MarkerState.Strong)
        {
            marker.MakeWeak(bytes);
            bool inPlace = Path.GetFullPath(source) == Path.GetFullPath(destination);
            if (inPlace || !HasBytes(destination, bytes))
            {
                Replace(source, destination, bytes, inPlace);
            }
        }
        return (marker.State, marker.Reason);
    }

    private static bool HasBytes(string file, byte[] bytes) =>
        File.Exists(file) && new FileInfo(file).Length == bytes.Length && File.ReadAllBytes(file).SequenceEqual(bytes);

    private static void Replace(string source, string destination, byte[] bytes, bool keepTime)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(destination))!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(destination)}.{Guid.NewGuid():N}.tmp");
        try
        {
            // Copied rather than created, to keep the file mode.
            File.Copy(source, temporary);
            FileAttributes attributes = File.GetAttributes(temporary);
            File.SetAttributes(temporary, attributes & ~FileAttributes.ReadOnly);
            using (var stream = new FileStream(temporary, FileMode.Open, FileAccess.Write))
            {
                stream.Write(bytes, 0, bytes.Length);
                stream.SetLength(bytes.Length);
                stream.Flush(flushToDisk: true);
            }
            // With the same timestamp and size as the file it replaces, the SDK's copy step treats the marked file as current and keeps it.
            if (keepTime)
            {
                File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(source));
            }

            File.SetAttributes(temporary, attributes);
            if (File.Exists(destination))
            {
                File.Replace(temporary, destination, null);
            }
            else
            {
                File.Move(temporary, destination);
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
