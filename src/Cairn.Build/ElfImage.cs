using System.Text;

namespace Cairn.Build;

/// <summary>
/// A 64-bit little-endian x86-64 shared library in memory. Every read is checked against the length of the file,
/// and addresses are translated through the loadable segments, as the dynamic loader does (section headers may be stripped).
/// </summary>
internal sealed class ElfImage
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const int SharedObject = 3;
    private const int X8664 = 62;
    private const uint LoadSegment = 1;
    private const uint DynamicSegment = 2;

    private readonly byte[] bytes;
    private readonly List<Segment> loaded = [];

    /// <exception cref="ElfFormatException">The file is truncated or not a 64-bit x86-64 shared library.</exception>
    public ElfImage(byte[] bytes)
    {
        this.bytes = bytes;
        CheckHeader();
        ReadSegments();
    }

    /// <summary>File range of the dynamic table.</summary>
    public Segment Dynamic { get; private set; }

    public ushort UInt16(long offset)
    {
        Check(offset, 2);
        return (ushort)(bytes[offset] | bytes[offset + 1] << 8);
    }

    public uint UInt32(long offset) => UInt16(offset) | (uint)UInt16(checked(offset + 2)) << 16;

    public ulong UInt64(long offset) => UInt32(offset) | (ulong)UInt32(checked(offset + 4)) << 32;

    /// <summary>Zero-terminated ASCII text at <paramref name="offset"/>, which must end before <paramref name="end"/>.</summary>
    public string Text(long offset, long end)
    {
        if (offset < 0 || end > bytes.Length || offset >= end)
        {
            throw new ElfFormatException("a name lies outside the string table");
        }

        int stop = Array.IndexOf(bytes, (byte)0, (int)offset, (int)(end - offset));
        if (stop < 0)
        {
            throw new ElfFormatException("a name in the string table is not terminated");
        }

        return Encoding.ASCII.GetString(bytes, (int)offset, stop - (int)offset);
    }

    /// <summary>File offset of <paramref name="length"/> bytes that are loaded at <paramref name="address"/>.</summary>
    public long Offset(ulong address, ulong length, string what)
    {
        foreach (Segment segment in loaded)
        {
            if (address >= segment.Address && address - segment.Address < segment.Size)
            {
                ulong into = address - segment.Address;
                if (length <= segment.Size - into)
                {
                    return segment.Offset + (long)into;
                }
            }
        }

        throw new ElfFormatException($"{what} lies outside the file");
    }

    private void CheckHeader()
    {
        if (bytes.Length < 4 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F')
        {
            throw new ElfFormatException("it is not an ELF file");
        }

        if (bytes.Length < HeaderSize)
        {
            throw new ElfFormatException("it is cut off within the ELF header");
        }

        if (bytes[4] != 2)
        {
            throw new ElfFormatException("it is not a 64-bit ELF file");
        }

        if (bytes[5] != 1)
        {
            throw new ElfFormatException("it is not a little-endian ELF file");
        }

        if (UInt16(18) != X8664)
        {
            throw new ElfFormatException($"it is for another processor (ELF machine {UInt16(18)}, not x86-64)");
        }

        if (UInt16(16) != SharedObject)
        {
            throw new ElfFormatException($"it is not a shared library (ELF type {UInt16(16)})");
        }

        // Nothing below needs the section headers, but they end the file: if they are missing, the file is truncated.
        ulong sections = UInt64(40);
        if (sections != 0)
        {
            CheckTable(sections, UInt16(60), UInt16(58), SectionHeaderSize, "section");
        }
    }

    private void ReadSegments()
    {
        ulong table = UInt64(32);
        ushort count = UInt16(56);
        CheckTable(table, count, UInt16(54), ProgramHeaderSize, "program");
        var dynamic = default(Segment?);
        for (int i = 0; i < count; i++)
        {
            long at = (long)table + i * ProgramHeaderSize;
            uint type = UInt32(at);
            if (type is not (LoadSegment or DynamicSegment))
            {
                continue;
            }

            (ulong offset, ulong address, ulong size) = (UInt64(at + 8), UInt64(at + 16), UInt64(at + 32));
            if (offset > (ulong)bytes.Length || size > (ulong)bytes.Length - offset)
            {
                throw new ElfFormatException("it is cut off: a segment reaches beyond the end of the file");
            }

            var segment = new Segment(address, (long)offset, size);
            if (type == LoadSegment)
            {
                loaded.Add(segment);
            }
            else
            {
                dynamic = segment;
            }
        }
        Dynamic = dynamic ?? throw new ElfFormatException("it has no dynamic table");
    }

    private void CheckTable(ulong offset, int count, int entrySize, int expectedSize, string what)
    {
        if (count > 0 && entrySize != expectedSize)
        {
            throw new ElfFormatException($"its {what} headers have {entrySize} bytes, not {expectedSize}");
        }

        ulong size = (ulong)count * (ulong)expectedSize;
        if (offset > (ulong)bytes.Length || size > (ulong)bytes.Length - offset)
        {
            throw new ElfFormatException($"it is cut off: its {what} headers reach beyond the end of the file");
        }
    }

    private void Check(long offset, int length)
    {
        if (offset < 0 || offset > bytes.Length - length)
        {
            throw new ElfFormatException("an offset points beyond the end of the file");
        }
    }

    /// <summary>A segment of the file: its load address, its offset in the file, and its size in bytes.</summary>
    internal readonly struct Segment(ulong address, long offset, ulong size)
    {
        public ulong Address { get; } = address;

        public long Offset { get; } = offset;

        public ulong Size { get; } = size;
    }
}
