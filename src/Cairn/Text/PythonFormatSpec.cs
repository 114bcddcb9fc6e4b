using System.Globalization;
using System.Numerics;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>
/// The part after the colon in <c>{val_loss:_&gt;9.2f}</c>: Python's format mini-language
/// <c>[[fill]align][sign][z][#][0][width][,|_][.precision][type]</c>.
/// </summary>
internal sealed class PythonFormatSpec
{
    private const string Aligns = "<>=^";
    private const string FloatTypes = "eEfFgG%n";
    private readonly string text;
    private string fill = " ";
    private char align;
    private char sign = '-';
    private bool signGiven;
    private bool noNegativeZero;
    private bool alternate;
    private int width;
    private char grouping;
    private int? precision;
    private char type;

    /// <exception cref="FormatException">The text is not a format specification.</exception>
    public PythonFormatSpec(string text, bool numeric)
    {
        this.text = text;
        align = numeric ? '>' : '<';
        Parse(numeric);
    }

    /// <summary>Formats a floating-point number; throws <see cref="FormatException"/> for anything that Python rejects.</summary>
    public string Format(double value)
    {
        if (type != '\0' && !FloatTypes.Contains(type))
        {
            throw UnknownType("a floating-point number", "e, E, f, F, g, G, n, %");
        }

        bool percent = type == '%';
        double number = percent ? value * 100 : value;
        char kind = type switch { '\0' => precision is null ? 'r' : 'g', 'n' => 'g', '%' => 'f', _ => char.ToLowerInvariant(type) };
        string body = PythonNumber.Body(number, kind, precision ?? 6, alternate, dotZero: type == '\0');
        bool minus = PythonNumber.Sign(number).Length > 0 && !(noNegativeZero && IsZero(body));
        if (char.IsAsciiLetterUpper(type))
        {
            body = body.ToUpperInvariant();
        }

        int digits = body.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? body.Length : end;
        return Lay(SignOf(minus), "", body[..digits], body[digits..] + (percent ? "%" : ""));
    }

    /// <summary>Formats an integer, which Python also accepts for the floating-point types.</summary>
    public string Format(long value)
    {
        if (type != '\0' && type != 'n' && FloatTypes.Contains(type))
        {
            return Format((double)value);
        }

        if (type == 's' || (type != '\0' && !"bcdonxX".Contains(type)))
        {
            throw UnknownType("an integer", "b, c, d, n, o, x, X and those of floating-point numbers");
        }

        if (precision is not null || noNegativeZero)
        {
            throw new FormatException($"':{text}' has a precision (or 'z'), which is not allowed for an integer; use a type such as 'f'.");
        }

        var magnitude = BigInteger.Abs(value);
        return type switch
        {
            'c' => Lay("", "", "", Character(value)),
            'b' => Lay(SignOf(value < 0), alternate ? "0b" : "", magnitude.ToString("b").TrimStart('0').PadLeft(1, '0'), ""),
            'o' => Lay(SignOf(value < 0), alternate ? "0o" : "", Octal(magnitude), ""),
            'x' => Lay(SignOf(value < 0), alternate ? "0x" : "", Hexadecimal(magnitude), ""),
            'X' => Lay(SignOf(value < 0), alternate ? "0X" : "", Hexadecimal(magnitude).ToUpperInvariant(), ""),
            _ => Lay(SignOf(value < 0), "", magnitude.ToString(CultureInfo.InvariantCulture), ""),
        };
    }

    /// <summary>Formats text, which is the result of <c>!r</c> and <c>!s</c> for a number.</summary>
    public string Format(string value)
    {
        if (type is not ('\0' or 's'))
        {
            throw UnknownType("text (the result of !r, !s or !a)", "s");
        }

        if (signGiven || noNegativeZero || alternate || align == '=' || grouping != '\0')
        {
            throw new FormatException($"':{text}' uses a sign, 'z', '#', '=' or a thousands separator, none of which is allowed for text.");
        }

        return Lay("", "", "", precision is { } length && length < value.Length ? value[..length] : value);
    }

    /// <summary>Whether the rounded digits are all zero; an exponent does not count.</summary>
    private static bool IsZero(string body)
    {
        int end = body.IndexOf('e');
        ReadOnlySpan<char> mantissa = end < 0 ? body.AsSpan() : body.AsSpan(0, end);
        return mantissa.Contains('0') && mantissa.IndexOfAnyInRange('1', '9') < 0;
    }

    private static string Octal(BigInteger magnitude)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (int)(magnitude & 7));
            magnitude >>= 3;
        }
        while (!magnitude.IsZero);
        return digits.ToString();
    }

    private static string Hexadecimal(BigInteger magnitude) => magnitude.ToString("x").TrimStart('0').PadLeft(1, '0');

    private void Parse(bool numeric)
    {
        int at = 0;
        bool fillGiven = false;
        bool alignGiven = false;
        int first = FirstCharacterLength();
        if (text.Length > first && first > 0 && Aligns.Contains(text[first]))
        {
            (fill, align, at) = (text[..first], text[first], first + 1);
            fillGiven = alignGiven = true;
        }
        else if (text.Length > 0 && Aligns.Contains(text[0]))
        {
            (align, at) = (text[0], 1);
            alignGiven = true;
        }

        if (at < text.Length && text[at] is ' ' or '+' or '-')
        {
            sign = text[at++];
            signGiven = true;
        }

        noNegativeZero = Take(ref at, 'z');
        alternate = Take(ref at, '#');
        if (!fillGiven && Take(ref at, '0'))
        {
            fill = "0";
            if (!alignGiven && numeric)
            {
                align = '=';
            }
        }

        width = TakeNumber(ref at) ?? 0;
        if (at < text.Length && text[at] is ',' or '_')
        {
            grouping = text[at++];
            if (at < text.Length && text[at] is ',' or '_')
            {
                throw new FormatException($"':{text}' has two thousands separators; use one of ',' and '_'.");
            }
        }

        if (Take(ref at, '.'))
        {
            precision = TakeNumber(ref at) ?? throw new FormatException($"':{text}' has a '.' without a number of digits after it.");
        }

        if (text.Length - at > 1)
        {
            throw new FormatException($"':{text}' is not a format specification: nothing may follow the type '{text[at]}'.");
        }

        type = at < text.Length ? text[at] : '\0';
        if (grouping != '\0' && !"defgEG%F\0".Contains(type) && !(grouping == '_' && "boxX".Contains(type)))
        {
            throw new FormatException($"':{text}' combines the thousands separator '{grouping}' with the type '{type}', which does "
                + "not allow it.");
        }
    }

    private int FirstCharacterLength() => text.Length > 1 && char.IsSurrogatePair(text[0], text[1]) ? 2 : Math.Min(text.Length, 1);

    private bool Take(ref int at, char wanted)
    {
        if (at >= text.Length || text[at] != wanted)
        {
            return false;
        }

        at++;
        return true;
    }

    private int? TakeNumber(ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        if (at == start)
        {
            return null;
        }

        // File names are much shorter; without a limit a typo could produce gigabytes of zeros.
        return int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out int number) && number <= 4096
            ? number
            : throw new FormatException($"':{text}' specifies {text[start..at]} characters; at most 4096 are supported.");
    }

    private string SignOf(bool minus) => minus ? "-" : sign == '-' ? "" : sign.ToString();

    private string Character(long value)
    {
        if (signGiven || alternate)
        {
            throw new FormatException($"':{text}' combines a sign or '#' with the type 'c', which does not allow it.");
        }

        return Rune.IsValid((int)Math.Clamp(value, -1, int.MaxValue))
            ? new Rune((int)value).ToString()
            : throw new FormatException($"':{text}' can't format {value} as a character: it is not a code point.");
    }

    private string Lay(string signText, string prefix, string digits, string rest)
    {
        int room = width - signText.Length - prefix.Length - rest.Length;
        string grouped = digits.Length == 0 ? "" : Group(digits, fill == "0" && align == '=' ? room : 0);
        int count = Math.Max(room - grouped.Length, 0);
        string padding = string.Concat(Enumerable.Repeat(fill, count));
        string left = string.Concat(Enumerable.Repeat(fill, count / 2));
        string right = string.Concat(Enumerable.Repeat(fill, count - (count / 2)));
        return align switch
        {
            '<' => signText + prefix + grouped + rest + padding,
            '^' => left + signText + prefix + grouped + rest + right,
            '=' => signText + prefix + padding + grouped + rest,
            _ => padding + signText + prefix + grouped + rest,
        };
    }

    /// <summary>Inserts separators between groups, and pads with leading zeros to <paramref name="room"/> characters.</summary>
    private string Group(string digits, int room)
    {
        if (grouping == '\0')
        {
            return digits.PadLeft(Math.Max(room, 0), '0');
        }

        int size = "boxX".Contains(type) ? 4 : 3;
        var groups = new List<string>();
        int left = digits.Length;
        while (true)
        {
            int length = Math.Min(size, Math.Max(Math.Max(left, room), 1));
            int taken = Math.Clamp(left, 0, length);
            groups.Insert(0, digits.Substring(left - taken, taken).PadLeft(length, '0'));
            left -= taken;
            room -= length;
            if (left <= 0 && room <= 0)
            {
                return string.Join(grouping, groups);
            }

            room--;
        }
    }

    private FormatException UnknownType(string what, string allowed) =>
        new($"':{text}' has the format type '{type}', which is not allowed for {what}. Allowed: {allowed}.");
}
