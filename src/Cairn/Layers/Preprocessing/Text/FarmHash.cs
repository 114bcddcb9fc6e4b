using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Layers;

/// <summary>FarmHash's <c>Fingerprint64</c> (Pike and Alakuijala, Google), with which TensorFlow hashes strings into buckets.</summary>
internal static class FarmHash
{
    private const ulong K0 = 0xc3a5c85c97cb3127;
    private const ulong K1 = 0xb492b66fbe98f273;
    private const ulong K2 = 0x9ae16a3b2f90404f;

    public static ulong Fingerprint64(ReadOnlySpan<byte> s) => s.Length switch
    {
        <= 16 => UpTo16(s),
        <= 32 => UpTo32(s),
        <= 64 => UpTo64(s),
        _ => Long(s),
    };

    /// <summary>Combines two fingerprints: TensorFlow's <c>FingerprintCat64</c>.</summary>
    public static ulong Concatenate(ulong first, ulong second)
    {
        const ulong Multiplier = 0xc6a4a7935bd1e995;
        ulong result = (first ^ Multiplier ^ (ShiftMix(second * Multiplier) * Multiplier)) * Multiplier;
        return ShiftMix(ShiftMix(result) * Multiplier);
    }

    private static ulong ShiftMix(ulong value) => value ^ (value >> 47);

    private static ulong Mix(ulong u, ulong v, ulong multiplier)
    {
        ulong a = ShiftMix((u ^ v) * multiplier);
        return ShiftMix((v ^ a) * multiplier) * multiplier;
    }

    private static ulong At(ReadOnlySpan<byte> s, int index) => BinaryPrimitives.ReadUInt64LittleEndian(s[index..]);

    private static ulong Right(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    private static ulong UpTo16(ReadOnlySpan<byte> s)
    {
        ulong length = (ulong)s.Length;
        ulong multiplier = K2 + (length * 2);
        if (s.Length >= 8)
        {
            ulong a = At(s, 0) + K2;
            ulong b = At(s, s.Length - 8);
            return Mix((Right(b, 37) * multiplier) + a, (Right(a, 25) + b) * multiplier, multiplier);
        }

        if (s.Length >= 4)
        {
            ulong a = BinaryPrimitives.ReadUInt32LittleEndian(s);
            return Mix(length + (a << 3), BinaryPrimitives.ReadUInt32LittleEndian(s[^4..]), multiplier);
        }

        if (s.Length > 0)
        {
            uint y = s[0] + ((uint)s[s.Length >> 1] << 8);
            uint z = (uint)s.Length + ((uint)s[^1] << 2);
            return ShiftMix((y * K2) ^ (z * K0)) * K2;
        }

        return K2;
    }

    private static ulong UpTo32(ReadOnlySpan<byte> s)
    {
        ulong multiplier = K2 + ((ulong)s.Length * 2);
        ulong a = At(s, 0) * K1;
        ulong b = At(s, 8);
        ulong c = At(s, s.Length - 8) * multiplier;
        ulong d = At(s, s.Length - 16) * K2;
        return Mix(Right(a + b, 43) + Right(c, 30) + d, a + Right(b + K2, 18) + c, multiplier);
    }

    private static ulong UpTo64(ReadOnlySpan<byte> s)
    {
        ulong multiplier = K2 + ((ulong)s.Length * 2);
        ulong a = At(s, 0) * K2;
        ulong b = At(s, 8);
        ulong c = At(s, s.Length - 8) * multiplier;
        ulong d = At(s, s.Length - 16) * K2;
        ulong y = Right(a + b, 43) + Right(c, 30) + d;
        ulong z = Mix(y, a + Right(b + K2, 18) + c, multiplier);
        ulong e = At(s, 16) * multiplier;
        ulong f = At(s, 24);
        ulong g = (y + At(s, s.Length - 32)) * multiplier;
        ulong h = (z + At(s, s.Length - 24)) * multiplier;
        return Mix(Right(e + f, 43) + Right(g, 30) + h, e + Right(f + a, 18) + g, multiplier);
    }

    private static ulong Long(ReadOnlySpan<byte> s)
    {
        const ulong Seed = 81;
        ulong x = Seed;
        ulong y = unchecked((Seed * K1) + 113);
        ulong z = ShiftMix((y * K2) + 113) * K2;
        (ulong First, ulong Second) v = (0, 0);
        (ulong First, ulong Second) w = (0, 0);
        x = (x * K2) + At(s, 0);
        int end = (s.Length - 1) / 64 * 64;
        int last = s.Length - 64;
        for (int i = 0; i < end; i += 64)
        {
            Round(s[i..], K1, 1);
        }

        ulong multiplier = K1 + ((z & 0xff) << 1);
        w.First += (ulong)((s.Length - 1) & 63);
        v.First += w.First;
        w.First += v.First;
        Round(s[last..], multiplier, 9);
        return Mix(
            Mix(v.First, w.First, multiplier) + (ShiftMix(y) * K0) + z, Mix(v.Second, w.Second, multiplier) + x, multiplier);

        void Round(ReadOnlySpan<byte> block, ulong by, ulong weight)
        {
            x = Right(x + y + v.First + At(block, 8), 37) * by;
            y = Right(y + v.Second + At(block, 48), 42) * by;
            x ^= w.Second * weight;
            y += (v.First * weight) + At(block, 40);
            z = Right(z + w.First, 33) * by;
            v = Weak(block, v.Second * by, x + w.First);
            w = Weak(block[32..], z + w.Second, y + At(block, 16));
            (x, z) = (z, x);
        }
    }

    private static (ulong First, ulong Second) Weak(ReadOnlySpan<byte> s, ulong a, ulong b)
    {
        ulong z = At(s, 24);
        a += At(s, 0);
        b = Right(b + a + z, 21);
        ulong c = a;
        a += At(s, 8) + At(s, 16);
        b += Right(a, 44);
        return (a + z, b + c);
    }
}
