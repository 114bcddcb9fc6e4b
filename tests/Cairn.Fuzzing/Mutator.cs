using System.Buffers.Binary;
using System.Text;

namespace Cairn.Fuzzing;

/// <summary>Changes files at random: bits, numbers of 8 to 64 bits, blocks, words of the format, and parts of other files.</summary>
/// <param name="random">The source of randomness.</param>
/// <param name="words">Words of the format.</param>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> words)
{
    /// <summary>The largest file.</summary>
    public const int MostBytes = 1 << 16;

    private const int MostStacked = 6;
    private const int ShortestWord = 2;
    private const int LongestWord = 40;

    private static readonly long[] Interesting =
    [
        0, 1, 2, 7, 8, 16, 32, 64, 100, 127, 128, 255, 256, 512, 1000, 1024, 4096, 32767, 32768, 65535, 65536, 100_663_045, int.MaxValue,
        1L << 31, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue, -1, -2, -128, -129, -32768, -32769, int.MinValue,
    ];

    private static readonly string[] Texts =
    [
        "null", "true", "false", "NaN", "Infinity", "-Infinity", "1e999", "-1", "0", "1e-400", "2147483648", "9223372036854775808",
        "{}", "[]", "[[[[[[[[", "{\"a\":", "\"\"", "\\u0000", "\\ud800", "\"", ",", ":", "\n", "\r\n", "\0", "\uFEFF", "../", "/", "NA",
        ";", "\t", "é", "1,5",
    ];

    private readonly byte[] bytes = new byte[MostBytes];
    private int length;

    /// <summary>The words that occur in files: letters, digits and signs of ASCII.</summary>
    public static IReadOnlyList<byte[]> WordsOf(IEnumerable<byte[]> files)
    {
        var found = new HashSet<string>(Texts, StringComparer.Ordinal);
        foreach (byte[] file in files)
        {
            for (int start = 0; start < file.Length; start++)
            {
                int end = start;
                while (end < file.Length
                    && (char.IsAsciiLetterOrDigit((char)file[end]) || file[end] is (byte)'_' or (byte)'.' or (byte)'-'))
                {
                    end++;
                }

                if (end - start is >= ShortestWord and <= LongestWord)
                {
                    found.Add(Encoding.ASCII.GetString(file, start, end - start));
                }

                start = end;
            }
        }

        return [.. found.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>A changed copy of a file.</summary>
    public ReadOnlySpan<byte> Change(byte[] file, byte[] other)
    {
        length = Math.Min(file.Length, MostBytes);
        file.AsSpan(0, length).CopyTo(bytes);
        for (int changes = 1 << random.Next(MostStacked); changes > 0; changes--)
        {
            ChangeOnce(other);
        }

        return bytes.AsSpan(0, length);
    }

    private void ChangeOnce(byte[] other)
    {
        int at = random.Next(length + 1);
        switch (random.Next(14))
        {
            case 0 or 1 when at < length:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when at < length:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3 or 4:
                SetNumber(at, Interesting[random.Next(Interesting.Length)]);
                break;
            case 5 or 6:
                AddToNumber(at, random.Next(1, 36) * (random.Next(2) * 2 - 1));
                break;
            case 7:
                Replace(at, Block(length - at), []);
                break;
            case 8:
                Replace(at, 0, Piece(bytes.AsSpan(0, length)));
                break;
            case 9:
                ReadOnlySpan<byte> over = Piece(bytes.AsSpan(0, length));
                Replace(at, Math.Min(over.Length, length - at), over);
                break;
            case 10:
                Replace(at, 0, words[random.Next(words.Count)]);
                break;
            case 11:
                byte[] word = words[random.Next(words.Count)];
                Replace(at, Math.Min(length - at, random.Next(2) == 0 ? word.Length : WordAt(at)), word);
                break;
            case 12:
                Replace(at, Block(length - at), Piece(other));
                break;
            default:
                Replace(at, WordAt(at), Encoding.ASCII.GetBytes(Interesting[random.Next(Interesting.Length)].ToString()));
                break;
        }
    }

    private void SetNumber(int at, long number)
    {
        Span<byte> eight = stackalloc byte[sizeof(long)];
        int size = 1 << random.Next(4);
        if (random.Next(4) == 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(eight, number);
            eight = eight[^size..];
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, number);
            eight = eight[..size];
        }

        eight[..Math.Min(size, length - at)].CopyTo(bytes.AsSpan(at));
    }

    private void AddToNumber(int at, int change)
    {
        Span<byte> place = bytes.AsSpan(at, length - at);
        switch (random.Next(3))
        {
            case 0 when place.Length >= sizeof(int):
                BinaryPrimitives.WriteInt32LittleEndian(place, BinaryPrimitives.ReadInt32LittleEndian(place) + change);
                break;
            case 1 when place.Length >= sizeof(short):
                BinaryPrimitives.WriteInt16LittleEndian(place, (short)(BinaryPrimitives.ReadInt16LittleEndian(place) + change));
                break;
            default:
                if (place.Length > 0)
                {
                    place[0] = (byte)(place[0] + change);
                }

                break;
        }
    }

    // The length of the word or number that begins here.
    private int WordAt(int at)
    {
        int end = at;
        while (end < length && (char.IsAsciiLetterOrDigit((char)bytes[end]) || bytes[end] is (byte)'_' or (byte)'.'))
        {
            end++;
        }

        return end - at;
    }

    // Most blocks are short.
    private int Block(int most) => Math.Min(most, 1 + random.Next(1 << random.Next(1, 11)));

    private byte[] Piece(ReadOnlySpan<byte> from)
    {
        if (from.IsEmpty)
        {
            return [];
        }

        int start = random.Next(from.Length);
        return from.Slice(start, Block(from.Length - start)).ToArray();
    }

    private void Replace(int at, int removed, ReadOnlySpan<byte> added)
    {
        if (length - removed + added.Length <= MostBytes)
        {
            bytes.AsSpan(at + removed, length - at - removed).CopyTo(bytes.AsSpan(at + added.Length));
            added.CopyTo(bytes.AsSpan(at));
            length += added.Length - removed;
        }
    }
}
