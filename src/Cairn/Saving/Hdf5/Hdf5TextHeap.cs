using System.Text;

namespace Cairn.Saving.Hdf5;

/// <summary>Writes the strings of attributes to collections of the global heap, before anything else is written.</summary>
/// <param name="stream">The stream to write to.</param>
internal sealed class Hdf5TextHeap(Stream stream)
{
    // The HDF5 library reads this many bytes of a collection at once, whatever it contains.
    private const int LeastBytes = 4096;
    private const int MostBytes = 64 * 1024;
    private const int HeaderBytes = 16;

    private readonly MemoryStream texts = new();
    private ushort count;

    /// <summary>Adds a string and returns the reference to it.</summary>
    public byte[] Add(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length == 0)
        {
            return new byte[Hdf5Encoding.ReferenceBytes];
        }

        if (texts.Length + HeaderBytes + bytes.Length > MostBytes)
        {
            Flush();
        }

        count++;
        texts.Write([.. Hdf5Encoding.Number(count), 1, 0, 0, 0, 0, 0, .. Hdf5Encoding.Number((ulong)bytes.Length)]);
        texts.Write(bytes);
        texts.Write(new byte[-bytes.Length & 7]);
        return [.. Hdf5Encoding.Number((uint)bytes.Length), .. Hdf5Encoding.Number((ulong)stream.Position),
            .. Hdf5Encoding.Number((uint)count)];
    }

    /// <summary>Writes the current collection; the next string starts a new one.</summary>
    public void Flush()
    {
        if (count == 0)
        {
            return;
        }

        // The rest of a collection is one free object, which has index 0 and includes its own header.
        long free = Math.Max(LeastBytes - HeaderBytes - texts.Length, HeaderBytes);
        stream.Write([.. "GCOL"u8, 1, 0, 0, 0, .. Hdf5Encoding.Number((ulong)(HeaderBytes + texts.Length + free))]);
        texts.WriteTo(stream);
        stream.Write([0, 0, 0, 0, 0, 0, 0, 0, .. Hdf5Encoding.Number((ulong)free)]);
        stream.Write(new byte[free - HeaderBytes]);
        texts.SetLength(0);
        count = 0;
    }
}
