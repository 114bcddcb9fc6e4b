using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Cairn.Saving;

/// <summary>A compiled Python function, as Lambda layers hold it in files, looked at as data: nothing of it is ever run.</summary>
/// <remarks>The marshal format of Python 2.7 and 3.4 to 3.13, within bounds; what is not understood is left out.</remarks>
internal sealed class PythonCode
{
    private const int MostDepth = 20;
    private const int MostObjects = 20_000;
    private const int MostBytes = 1 << 20;

    private PythonCode(byte[] code, object?[] constants, string[] names, string[] locals, int arguments)
    {
        Code = code;
        Constants = constants;
        Names = names;
        Locals = locals;
        Arguments = arguments;
    }

    /// <summary>The instructions.</summary>
    public byte[] Code { get; }

    /// <summary>What the function holds of numbers, texts and tuples.</summary>
    public object?[] Constants { get; }

    /// <summary>The globals and attributes that it names.</summary>
    public string[] Names { get; }

    /// <summary>The names of its variables, the arguments first.</summary>
    public string[] Locals { get; }

    /// <summary>How many arguments it takes.</summary>
    public int Arguments { get; }

    /// <summary>Reads a function from its text, in base 64 or a character for each byte; null where it can't be read.</summary>
    public static PythonCode? TryRead(string base64)
    {
        if (base64.Length > MostBytes)
        {
            return null;
        }

        byte[] bytes = new byte[base64.Length];
        string plain = base64.Replace("\n", "", StringComparison.Ordinal);
        if (Convert.TryFromBase64String(plain, bytes, out int length))
        {
            return TryRead(bytes.AsSpan(0, length).ToArray());
        }

        // Keras before 2.1 wrote each byte as a character.
        return base64.All(c => c <= 0xff) ? TryRead(Encoding.Latin1.GetBytes(base64)) : null;
    }

    /// <summary>Reads a function from marshalled bytes; null where they can't be read.</summary>
    public static PythonCode? TryRead(byte[] bytes)
    {
        try
        {
            return new Reader(bytes).Object(0) as PythonCode;
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IndexOutOfRangeException or ArgumentException or OverflowException
            or FormatException)
        {
            return null;
        }
    }

    /// <summary>A constant as Python writes it.</summary>
    public static string Shown(object? constant) => constant switch
    {
        null => "None",
        true => "True",
        false => "False",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        string text => text.Length <= 30 ? $"'{text}'" : "'…'",
        object?[] items => $"({string.Join(", ", items.Take(8).Select(Shown))})",
        _ => "…",
    };

    private sealed class Reader(byte[] bytes)
    {
        private readonly List<object?> references = [];
        private int at;
        private int made;

        public object? Object(int depth)
        {
            if (depth > MostDepth || ++made > MostObjects)
            {
                throw new InvalidDataException("A Python object that is too large.");
            }

            byte mark = Byte();
            int place = -1;
            if ((mark & 0x80) != 0)
            {
                place = references.Count;
                references.Add(null);
            }

            object? read = (char)(mark & 0x7f) switch
            {
                'N' or '.' or 'S' => null,
                'T' => true,
                'F' => false,
                'i' => (long)Int(),
                'I' => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
                'g' => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
                'f' => double.Parse(Encoding.ASCII.GetString(Take(Byte())), CultureInfo.InvariantCulture),
                'l' => Long(),
                's' => Take(Int()).ToArray(),
                'z' or 'Z' => Encoding.Latin1.GetString(Take(Byte())),
                'a' or 'A' or 'u' or 't' => Encoding.UTF8.GetString(Take(Int())),
                ')' => Objects(Byte(), depth),
                '(' or '[' or '<' or '>' => Objects(Int(), depth),
                'r' => Int() is var index && index >= 0 && index < references.Count ? references[index]
                    : throw new InvalidDataException("A reference to nothing."),
                'c' => Function(depth),
                _ => throw new InvalidDataException("An unknown Python object."),
            };
            if (place >= 0)
            {
                references[place] = read;
            }

            return read;
        }

        // What stands before the instructions differs with the version: 4 numbers in Python 2, 5 or 6 in Python 3.
        private PythonCode Function(int depth)
        {
            int count = new[] { 4, 5, 6 }.FirstOrDefault(n => at + (4 * n) < bytes.Length && (bytes[at + (4 * n)] & 0x7f) == 's');
            if (count == 0)
            {
                throw new InvalidDataException("A Python function of another version.");
            }

            int arguments = Int();
            at += 4 * (count - 1);
            byte[] code = Object(depth + 1) as byte[] ?? throw new InvalidDataException("A Python function without instructions.");
            object?[] constants = Object(depth + 1) as object?[] ?? [];
            string[] names = Texts(Object(depth + 1));
            string[] locals = Texts(Object(depth + 1));
            return new PythonCode(code, constants, names, locals, arguments);
        }

        private static string[] Texts(object? items) => items is object?[] list
            ? [.. list.Select(item => item as string ?? (item is byte[] raw ? Encoding.Latin1.GetString(raw) : "?"))]
            : [];

        private object?[] Objects(int count, int depth)
        {
            if (count < 0 || count > bytes.Length - at)
            {
                throw new InvalidDataException("A Python tuple that is cut short.");
            }

            object?[] items = new object?[count];
            for (int i = 0; i < count; i++)
            {
                items[i] = Object(depth + 1);
            }

            return items;
        }

        // Digits of 15 bits, the lowest first.
        private object? Long()
        {
            int count = Int();
            ReadOnlySpan<byte> raw = Take(checked(2 * Math.Abs(count)));
            if (raw.Length > 8)
            {
                return null;
            }

            long sum = 0;
            for (int i = raw.Length - 2; i >= 0; i -= 2)
            {
                sum = (sum << 15) | BinaryPrimitives.ReadUInt16LittleEndian(raw[i..]);
            }

            return count < 0 ? -sum : sum;
        }

        private byte Byte() => Take(1)[0];

        private int Int() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > bytes.Length - at)
            {
                throw new InvalidDataException("A Python object that is cut short.");
            }

            at += count;
            return bytes.AsSpan(at - count, count);
        }
    }
}
