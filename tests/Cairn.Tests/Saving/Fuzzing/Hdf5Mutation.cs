using Cairn.Saving;
using Cairn.Saving.Hdf5;

namespace Cairn.Tests.Saving.Fuzzing;

/// <summary>Changes the structures of HDF5 files and corrects the checksums, so that the checks after them are reached.</summary>
internal static class Hdf5Mutation
{
    private const int HeaderPrefix = 6;

    private static readonly byte[][] Signatures =
        [.. new[] { "TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK", "FRHP", "FHDB", "BTHD",
        "BTLF" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    public static byte[] Of(byte[] original, Mutator mutator)
    {
        byte[] bytes = (byte[])original.Clone();
        for (int change = 1 + mutator.Next(4); change > 0; change--)
        {
            int start = mutator.Next(bytes.Length);
            int found = bytes.AsSpan(start).IndexOf(Signatures[mutator.Next(Signatures.Length)]);
            int place = found < 0 ? mutator.Next(Math.Min(bytes.Length, 512)) : start + found + 4;
            Span<byte> area = bytes.AsSpan(place, Math.Min(mutator.Next(8) == 0 ? 512 : 96, bytes.Length - place));
            if (mutator.Next(2) == 0)
            {
                mutator.Edge(area);
            }
            else if (area.Length > 0)
            {
                area[mutator.Next(area.Length)] = (byte)mutator.Next(256);
            }
        }

        if (mutator.Next(4) > 0)
        {
            RepairHeaders(bytes);
        }

        return bytes;
    }

    // Object headers of the second version, heaps and trees end in a checksum.
    private static void RepairHeaders(byte[] bytes)
    {
        foreach ((string signature, int length) in new[] { ("FRHP", 146), ("BTHD", 38) })
        {
            int start = bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(signature));
            if (start >= 0 && start + length <= bytes.Length)
            {
                BitConverter.GetBytes(Hdf5Checksum.Compute(bytes.AsSpan(start, length - 4))).CopyTo(bytes, start + length - 4);
            }
        }

        for (int at = bytes.AsSpan().IndexOf("OHDR"u8); at >= 0;)
        {
            if (at + HeaderPrefix < bytes.Length && bytes[at + 4] == 2)
            {
                byte flags = bytes[at + 5];
                int sizeAt = at + HeaderPrefix + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
                int sizeBytes = 1 << (flags & 3);
                if (sizeAt + sizeBytes <= bytes.Length)
                {
                    long size = 0;
                    for (int i = Math.Min(sizeBytes, 4) - 1; i >= 0; i--)
                    {
                        size = (size << 8) | bytes[sizeAt + i];
                    }

                    long end = sizeAt + sizeBytes + size;
                    if (end + 4 <= bytes.Length)
                    {
                        BitConverter.GetBytes(Hdf5Checksum.Compute(bytes.AsSpan(at, (int)(end - at)))).CopyTo(bytes, end);
                    }
                }
            }

            int next = bytes.AsSpan(at + 4).IndexOf("OHDR"u8);
            at = next < 0 ? -1 : at + 4 + next;
        }
    }
}
