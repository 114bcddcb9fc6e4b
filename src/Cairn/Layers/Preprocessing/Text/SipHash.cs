using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Layers;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, 2012), with which TensorFlow hashes strings into buckets if a salt is given.</summary>
internal static class SipHash
{
    public static ulong Hash(ulong key0, ulong key1, ReadOnlySpan<byte> text)
    {
        ulong v0 = 0x736f6d6570736575 ^ key0;
        ulong v1 = 0x646f72616e646f6d ^ key1;
        ulong v2 = 0x6c7967656e657261 ^ key0;
        ulong v3 = 0x7465646279746573 ^ key1;
        int whole = text.Length & ~7;
        for (int i = 0; i < whole; i += 8)
        {
            Take(BinaryPrimitives.ReadUInt64LittleEndian(text[i..]));
        }

        // The remaining bytes, with the length in the last byte.
        Span<byte> rest = stackalloc byte[8];
        rest.Clear();
        text[whole..].CopyTo(rest);
        rest[7] = (byte)text.Length;
        Take(BinaryPrimitives.ReadUInt64LittleEndian(rest));

        v2 ^= 0xff;
        Round();
        Round();
        Round();
        Round();
        return v0 ^ v1 ^ v2 ^ v3;

        void Take(ulong word)
        {
            v3 ^= word;
            Round();
            Round();
            v0 ^= word;
        }

        void Round()
        {
            v0 += v1;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v0 = BitOperations.RotateLeft(v0, 32);
            v2 += v3;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
