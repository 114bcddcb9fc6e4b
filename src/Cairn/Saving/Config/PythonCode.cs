using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Cairn.Saving;

/// <summary>A compiled Python function, as stored in Lambda layers, read as data: it is never run.</summary>
/// <remarks>Supports the marshal format of Python 2.7 and 3.4 to 3.13, within limits; unsupported parts are left out.</remarks>
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

    /// <summary>The bytecode.</summary>
    public byte[] Code { get; }

    /// <summary>The constants: numbers, strings and tuples.</summary>
    public object?[] Constants { get; }

    /// <summary>The names of globals and attributes.</summary>
    public string[] Names { get; }

    /// <summary>The names of the local variables, arguments first.</summary>
    public string[] Locals { get; }

    /// <summary>The number of arguments.</summary>
    public int Arguments { get; }

    /// <summary>Reads a function from text, in base 64 or with one character per byte; null if it can't be read.</summary>
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

    /// <summary>Reads a function from marshalled bytes; null if they can't be read.</summary>
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

    /// <summary>A constant in Python notation.</summary>
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
                    : throw new InvalidDataException("A reference to an object that does not exist."),
                'c' => Function(depth),
                _ => throw new InvalidDataException("An unknown Python object."),
            };
            if (place >= 0)
            {
                references[place] = read;
            }

            return read;
        }

        // The fields before the bytecode depend on the version: 4 numbers in Python 2, 5 or 6 in Python 3.
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
                throw new InvalidDataException("A Python tuple that is truncated.");
            }

            object?[] items = new object?[count];
            for (int i = 0; i < count; i++)
            {
                items[i] = Object(depth + 1);
            }

            return items;
        }

        // Digits of 15 bits, least significant first.
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
                throw new InvalidDataException("A Python object that is truncated.");
            }

            at += count;
            return bytes.AsSpan(at - count, count);
        }
    }
}
