using System.Buffers.Binary;
using System.Text;

namespace Cairn.Tests.Saving.Fuzzing;

/// <summary>Mutates files like damage or an attack would, reproducibly by seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly long[] Edges =
        [0, 1, 2, 7, 8, 16, 127, 128, 255, 256, 4095, 65535, 65536, int.MaxValue, uint.MaxValue, 1L << 40, long.MaxValue,
        long.MinValue, -1, -2];

    private readonly Random random = new(seed);

    public int Next(int most) => random.Next(most);

    /// <summary>Changes some bytes, numbers, blocks or the end of the file.</summary>
    public byte[] Bytes(byte[] original, int most = 6)
    {
        var bytes = new List<byte>(original);
        for (int change = random.Next(1, most); change > 0 && bytes.Count > 0; change--)
        {
            int place = random.Next(4) == 0 ? random.Next(Math.Min(bytes.Count, 1024)) : random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 64), bytes.Count - place);
            switch (random.Next(12))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.InsertRange(place, bytes.GetRange(place, length));
                    break;
                case 2:
                    bytes.RemoveRange(place, length);
                    break;
                case 3 when random.Next(4) == 0:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                case 4:
                    List<byte> other = bytes.GetRange(random.Next(bytes.Count - length + 1), length);
                    for (int i = 0; i < length; i++)
                    {
                        bytes[place + i] = other[i];
                    }

                    break;
                case < 9:
                    Number(bytes, place);
                    break;
                default:
                    bytes[place] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces a number of the file with a boundary value.</summary>
    public void Edge(Span<byte> bytes)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Edges[random.Next(Edges.Length)] + random.Next(-1, 2));
        int width = 1 << random.Next(4);
        if (bytes.Length < width)
        {
            return;
        }

        number[..width].CopyTo(bytes[random.Next(bytes.Length - width + 1)..]);
    }

    /// <summary>Changes numbers, words, keys and brackets of a JSON text, which mostly stays valid JSON.</summary>
    public string Json(string original)
    {
        var text = new StringBuilder(original);
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int place = random.Next(text.Length);
            switch (random.Next(8))
            {
                case 0:
                    text[place] = "0123456789-.\"[]{},:ntfe\\\u00e9"[random.Next(25)];
                    break;
                case 1:
                    Replace(text, place, char.IsAsciiDigit, JsonValue());
                    break;
                case 2:
                    Replace(text, place, char.IsAsciiLetterOrDigit, Word());
                    break;
                case 3:
                    ReplaceAfterColon(text, place, JsonValue());
                    break;
                case 4:
                    Delete(text, place, random.Next(1, 40));
                    break;
                case 5:
                    string copy = text.ToString(place, Math.Min(random.Next(1, 200), text.Length - place));
                    text.Insert(random.Next(text.Length), copy);
                    break;
                case 6:
                    int depth = random.Next(1, 2000);
                    ReplaceAfterColon(text, place, new string('[', depth) + new string(']', depth));
                    break;
                default:
                    ReplaceAfterColon(text, place, $"\"{new string('x', random.Next(1, 100_000))}\"");
                    break;
            }
        }

        return text.ToString();
    }

    private void Number(List<byte> bytes, int place)
    {
        byte[] part = [.. bytes.GetRange(place, Math.Min(8, bytes.Count - place))];
        Edge(part);
        for (int i = 0; i < part.Length; i++)
        {
            bytes[place + i] = part[i];
        }
    }

    private string JsonValue() => random.Next(14) switch
    {
        0 => "null",
        1 => "true",
        2 => "-1",
        3 => "0",
        4 => "1e308",
        5 => "2147483647",
        6 => "9223372036854775807",
        7 => "1e999",
        8 => "[]",
        9 => "{}",
        10 => "\"\"",
        11 => "[null, 2147483647, 2147483647]",
        12 => "0.5",
        _ => Edges[random.Next(Edges.Length)].ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private string Word()
    {
        string[] words =
        [
            "Dense", "Sequential", "Functional", "InputLayer", "Lambda", "__lambda__", "function", "Conv2D", "LSTM", "AUC", "MeanIoU",
            "Embedding", "Dropout", "channels_first",
            "units", "config", "class_name", "layers", "name", "batch_shape", "float64", "softmax", "l2", "Adam", "ExponentialDecay",
            "__tensor__",
        ];
        return words[random.Next(words.Length)];
    }

    private static void Replace(StringBuilder text, int place, Predicate<char> belongs, string value)
    {
        while (place < text.Length && !belongs(text[place]))
        {
            place++;
        }

        int end = place;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        if (end > place)
        {
            text.Remove(place, end - place).Insert(place, value);
        }
    }

    private static void ReplaceAfterColon(StringBuilder text, int place, string value)
    {
        while (place < text.Length && text[place] != ':')
        {
            place++;
        }

        int end = ++place;
        int depth = 0;
        for (bool quoted = false; end < text.Length; end++)
        {
            char c = text[end];
            if (c == '"')
            {
                quoted = !quoted;
            }

            if (quoted)
            {
                continue;
            }

            if (c is '{' or '[')
            {
                depth++;
            }

            if (c is '}' or ']' && --depth < 0)
            {
                break;
            }

            if (c == ',' && depth == 0)
            {
                break;
            }
        }

        if (place < text.Length)
        {
            text.Remove(place, end - place).Insert(place, value);
        }
    }

    private static void Delete(StringBuilder text, int place, int length)
    {
        length = Math.Min(length, text.Length - place);
        if (length < text.Length)
        {
            text.Remove(place, length);
        }
    }
}
