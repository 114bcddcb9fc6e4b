namespace Cairn.Build;

/// <summary>
/// Writes a library with its marker made weak. The file that is read is never written to, nor is any other name of a file that is
/// replaced: the new bytes go to a temporary file beside the destination, which is then renamed over it. So a destination that is
/// a hard link (or a symbolic one) into the package cache becomes a file of its own and the cache keeps its bytes.
/// </summary>
internal static class MarkedCopy
{
    // libLibTorchSharp.so has 2.4 MB; anything of this size is something else.
    private const long MostBytes = 256 * 1024 * 1024;

    /// <summary>Reads <paramref name="source"/> and, if its marker is strong, writes the marked library to <paramref name="destination"/>.</summary>
    /// <param name="source">The library.</param>
    /// <param name="destination">Where the marked library goes; may be <paramref name="source"/> itself, which then keeps its time.</param>
    /// <returns>What <paramref name="source"/> was found to be, with the reason why it was left alone, if there is one.</returns>
    /// <exception cref="IOException">Reading or writing failed; the destination is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading or writing is not allowed; the destination is as it was.</exception>
    public static (MarkerState State, string? Reason) Write(string source, string destination)
    {
        long size = new FileInfo(source).Length;
        if (size > MostBytes)
        {
            return (MarkerState.Untouchable, $"it has {size} bytes, more than such a library can have");
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
            // Copied rather than created: that brings the file mode along.
            File.Copy(source, temporary);
            FileAttributes attributes = File.GetAttributes(temporary);
            File.SetAttributes(temporary, attributes & ~FileAttributes.ReadOnly);
            using (var stream = new FileStream(temporary, FileMode.Open, FileAccess.Write))
            {
                stream.Write(bytes, 0, bytes.Length);
                stream.SetLength(bytes.Length);
                stream.Flush(flushToDisk: true);
            }
            // With the time (and size) of what it replaces, the SDK's copy step takes the marked file for current and leaves it.
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
