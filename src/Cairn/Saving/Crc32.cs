using System.Buffers.Binary;

namespace Cairn.Saving;

/// <summary>The checksum of zip archives, which System.IO.Compression writes but does not compare when it reads.</summary>
internal sealed class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Lanes = 8;
    private const int PieceBytes = 1024 * 1024;

    // Table k holds what a byte does to the sum when k more bytes follow it, so that eight bytes are taken at once.
    private static readonly uint[][] Tables = MakeTables();

    private uint state = uint.MaxValue;

    /// <summary>The checksum of all bytes so far.</summary>
    public uint Value => ~state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        uint sum = state;
        for (; bytes.Length >= Lanes; bytes = bytes[Lanes..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ sum;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            sum = Tables[7][(byte)low] ^ Tables[6][(byte)(low >> 8)] ^ Tables[5][(byte)(low >> 16)] ^ Tables[4][low >> 24]
                ^ Tables[3][(byte)high] ^ Tables[2][(byte)(high >> 8)] ^ Tables[1][(byte)(high >> 16)] ^ Tables[0][high >> 24];
        }

        foreach (byte one in bytes) sum = Tables[0][(byte)(sum ^ one)] ^ (sum >> 8);
        state = sum;
    }

    /// <summary>The checksum of all that an open file holds.</summary>
    public static uint Of(WeightSource source)
    {
        var sum = new Crc32();
        byte[] buffer = new byte[(int)Math.Min(PieceBytes, source.Length)];
        for (long done = 0; done < source.Length; done += buffer.Length)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, source.Length - done));
            source.Read(done, piece);
            sum.Append(piece);
        }

        return sum.Value;
    }

    private static uint[][] MakeTables()
    {
        uint[][] tables = [.. Enumerable.Range(0, Lanes).Select(_ => new uint[256])];
        for (uint i = 0; i < 256; i++)
        {
            uint sum = i;
            for (int bit = 0; bit < 8; bit++) sum = (sum & 1) != 0 ? (sum >> 1) ^ Polynomial : sum >> 1;
            tables[0][i] = sum;
        }

        for (int lane = 1; lane < Lanes; lane++)
        {
            for (int i = 0; i < 256; i++)
            {
                uint before = tables[lane - 1][i];
                tables[lane][i] = (before >> 8) ^ tables[0][(byte)before];
            }
        }

        return tables;
    }
}
