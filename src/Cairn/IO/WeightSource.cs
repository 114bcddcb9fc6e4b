using Microsoft.Win32.SafeHandles;

namespace Cairn.Saving;

/// <summary>
/// A file opened for reading, or a part of one. Weights are read from it on demand, so that a model is never in memory twice.
/// </summary>
internal sealed class WeightSource : IDisposable
{
    private readonly SafeFileHandle? handle;
    private readonly Stream? stream;
    private readonly long start;
    private readonly IDisposable? container;

    private WeightSource(SafeFileHandle? handle, Stream? stream, string? fileName, long start, long length, IDisposable? container = null)
    {
        this.handle = handle;
        this.stream = stream;
        this.start = start;
        this.container = container;
        FileName = fileName;
        Length = length;
    }

    /// <summary>The file name, for messages.</summary>
    public string? FileName { get; }

    public long Length { get; }

    /// <summary>The last write time of the open file, or null for content that no other process can change.</summary>
    public DateTime? LastWriteTimeUtc => handle is null ? null : File.GetLastWriteTimeUtc(handle);

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="IOException">It is a folder, or can't be opened.</exception>
    public static WeightSource Open(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path))
        {
            throw new IOException($"Cannot read '{path}': it is a folder.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"There is no file '{path}' (looked in '{Path.GetDirectoryName(Path.GetFullPath(path))}').", path);
        }

        SafeFileHandle handle = File.OpenHandle(path);
        return new WeightSource(handle, null, path, 0, RandomAccess.GetLength(handle));
    }

    /// <summary>Wraps a seekable stream, which is closed with this source, together with the file it was unpacked from.</summary>
    public static WeightSource Of(Stream stream, string? fileName, WeightSource? unpackedFrom = null) =>
        new(null, stream, fileName, 0, stream.Length, unpackedFrom);

    /// <summary>A part of this file as a separate source, which closes the file when it is closed.</summary>
    public WeightSource Part(long position, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - position);
        return new WeightSource(handle, stream, FileName, start + position, length);
    }

    /// <summary>Fills <paramref name="target"/>. Thread-safe.</summary>
    /// <exception cref="ModelFormatException">The file ends before that.</exception>
    public void Read(long position, Span<byte> target)
    {
        if (position < 0 || target.Length > Length - position)
        {
            throw new ModelFormatException($"expected {target.Length} bytes at {position}, but the file has {Length} bytes: it "
                + "is truncated.", FileName);
        }

        position += start;
        if (handle is null)
        {
            ReadStream(position, target);
            return;
        }

        while (!target.IsEmpty)
        {
            int count = RandomAccess.Read(handle, target, position);
            if (count == 0)
            {
                throw BecameShorter();
            }

            target = target[count..];
            position += count;
        }
    }

    public void Dispose()
    {
        handle?.Dispose();
        stream?.Dispose();
        container?.Dispose();
    }

    private void ReadStream(long position, Span<byte> target)
    {
        lock (stream!)
        {
            stream.Position = position;
            if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
            {
                throw BecameShorter();
            }
        }
    }

    private ModelFormatException BecameShorter() => new("the file was truncated while it was read.", FileName);
}
