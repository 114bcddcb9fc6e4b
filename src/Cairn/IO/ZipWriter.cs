using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Cairn.Saving;

/// <summary>Writes a zip archive with uncompressed members to a seekable stream.</summary>
/// <remarks>
/// System.IO.Compression writes members sequentially, so that a member that needs seeking, such as HDF5, would first have to be written
/// elsewhere and copied. This writer writes it in place. Layout: APPNOTE.TXT of PKWARE, 4.3; sizes of 4 GB and more in the zip64 fields.
/// </remarks>
internal sealed class ZipWriter(Stream stream)
{
    private const uint LocalSignature = 0x04034B50;
    private const uint CentralSignature = 0x02014B50;
    private const uint EndSignature = 0x06054B50;
    private const uint End64Signature = 0x06064B50;
    private const uint Locator64Signature = 0x07064B50;
    private const ushort NeedsStored = 20;
    private const ushort NeedsZip64 = 45;
    private const ushort Utf8Names = 0x0800;
    private const ushort Zip64Field = 1;
    private const uint In64 = uint.MaxValue;
    private const int PieceBytes = 1024 * 1024;

    // 1980-01-01, the earliest date in a zip file: the same model gives the same bytes.
    private const uint Date = 0x00210000;

    private readonly List<Member> members = [];

    /// <summary>Adds a member.</summary>
    public void Add(string name, ReadOnlySpan<byte> content)
    {
        Member member = Begin(name, content.Length);
        stream.Write(content);
        Finish(member, Crc32.HashToUInt32(content), content.Length);
    }

    /// <summary>Adds a member that is written in place.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="atMost">An upper bound of its size in bytes.</param>
    /// <param name="write">Writes it to a readable, seekable stream.</param>
    public void Add(string name, long atMost, Action<Stream> write)
    {
        Member member = Begin(name, atMost);
        long start = stream.Position;
        write(new OffsetStream(stream, start));
        stream.Flush();
        long length = stream.Length - start;
        if (!member.Is64 && length >= In64)
        {
            throw new IOException($"'{name}' has {length} bytes; at most {atMost} were declared.");
        }

        Finish(member, Sum(start, length), length);
    }

    /// <summary>Writes the central directory; nothing can be added afterwards.</summary>
    public void Finish()
    {
        long start = stream.Position;
        foreach (Member member in members)
        {
            WriteDirectoryEntry(member);
        }

        long length = stream.Position - start;
        if (start >= In64 || length >= In64)
        {
            WriteEnd64(start, length);
        }

        Span<byte> end = stackalloc byte[22];
        var fields = new FieldWriter(end);
        fields.UInt32(EndSignature);
        fields.UInt32(0);
        fields.UInt16((ushort)members.Count);
        fields.UInt16((ushort)members.Count);
        fields.UInt32((uint)Math.Min(length, In64));
        fields.UInt32((uint)Math.Min(start, In64));
        fields.UInt16(0);
        stream.Write(end);
    }

    private Member Begin(string name, long atMost)
    {
        var member = new Member(Encoding.UTF8.GetBytes(name), stream.Position, Is64: atMost >= In64);
        WriteLocalHeader(member);
        return member;
    }

    private void Finish(Member member, uint sum, long length)
    {
        (member.Sum, member.Length) = (sum, length);
        members.Add(member);
        long end = stream.Length;
        stream.Position = member.Start;
        WriteLocalHeader(member);
        stream.Position = end;
    }

    private uint Sum(long start, long length)
    {
        var sum = new Crc32();
        byte[] buffer = new byte[(int)Math.Min(PieceBytes, length)];
        stream.Position = start;
        for (long left = length; left > 0;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, left));
            stream.ReadExactly(piece);
            sum.Append(piece);
            left -= piece.Length;
        }

        return sum.GetCurrentHashAsUInt32();
    }

    private void WriteLocalHeader(Member member)
    {
        byte[] header = new byte[30 + member.Name.Length + (member.Is64 ? 20 : 0)];
        var fields = new FieldWriter(header);
        fields.UInt32(LocalSignature);
        WriteCommon(ref fields, member, member.Is64);
        fields.UInt16((ushort)member.Name.Length);
        fields.UInt16((ushort)(member.Is64 ? 20 : 0));
        fields.Bytes(member.Name);
        if (member.Is64)
        {
            fields.UInt16(Zip64Field);
            fields.UInt16(16);
            fields.UInt64((ulong)member.Length);
            fields.UInt64((ulong)member.Length);
        }

        stream.Write(header);
    }

    private void WriteDirectoryEntry(Member member)
    {
        int wide = (member.Is64 ? 16 : 0) + (member.Start >= In64 ? 8 : 0);
        int extra = wide == 0 ? 0 : wide + 4;
        byte[] entry = new byte[46 + member.Name.Length + extra];
        var fields = new FieldWriter(entry);
        fields.UInt32(CentralSignature);
        fields.UInt16(wide == 0 ? NeedsStored : NeedsZip64);
        WriteCommon(ref fields, member, wide != 0);
        fields.UInt16((ushort)member.Name.Length);
        fields.UInt16((ushort)extra);
        fields.UInt16(0);
        fields.UInt16(0);
        fields.UInt16(0);
        fields.UInt32(0);
        fields.UInt32((uint)Math.Min(member.Start, In64));
        fields.Bytes(member.Name);
        if (extra > 0)
        {
            fields.UInt16(Zip64Field);
            fields.UInt16((ushort)wide);
            if (member.Is64)
            {
                fields.UInt64((ulong)member.Length);
                fields.UInt64((ulong)member.Length);
            }

            if (member.Start >= In64)
            {
                fields.UInt64((ulong)member.Start);
            }
        }

        stream.Write(entry);
    }

    private static void WriteCommon(ref FieldWriter fields, Member member, bool needs64)
    {
        fields.UInt16(needs64 ? NeedsZip64 : NeedsStored);
        fields.UInt16(Utf8Names);
        fields.UInt16(0); // stored
        fields.UInt32(Date);
        fields.UInt32(member.Sum);
        uint length = member.Is64 ? In64 : (uint)member.Length;
        fields.UInt32(length);
        fields.UInt32(length);
    }

    private void WriteEnd64(long start, long length)
    {
        long at = stream.Position;
        Span<byte> end = stackalloc byte[56 + 20];
        var fields = new FieldWriter(end);
        fields.UInt32(End64Signature);
        fields.UInt64(44);
        fields.UInt16(NeedsZip64);
        fields.UInt16(NeedsZip64);
        fields.UInt64(0);
        fields.UInt64((ulong)members.Count);
        fields.UInt64((ulong)members.Count);
        fields.UInt64((ulong)length);
        fields.UInt64((ulong)start);
        fields.UInt32(Locator64Signature);
        fields.UInt32(0);
        fields.UInt64((ulong)at);
        fields.UInt32(1);
        stream.Write(end);
    }

    private sealed record Member(byte[] Name, long Start, bool Is64)
    {
        public uint Sum { get; set; }

        public long Length { get; set; }
    }

    private ref struct FieldWriter(Span<byte> target)
    {
        private Span<byte> left = target;

        public void UInt16(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(left, value);
            left = left[2..];
        }

        public void UInt32(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(left, value);
            left = left[4..];
        }

        public void UInt64(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(left, value);
            left = left[8..];
        }

        public void Bytes(ReadOnlySpan<byte> value)
        {
            value.CopyTo(left);
            left = left[value.Length..];
        }
    }
}
