using System.Globalization;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>Formats numbers like Python, for what Keras prints and for file names.</summary>
internal static class PythonNumber
{
    private const int LargestPlainExponent = 16;

    /// <summary>
    /// Python's <c>repr(float)</c>: <c>1e-05</c>, <c>0.05000000074505806</c>, <c>100.0</c>, <c>1e+16</c>, <c>inf</c>, <c>nan</c>.
    /// </summary>
    public static string Repr(double value) => Sign(value) + Body(value, 'r', 0, alternate: false, dotZero: true);

    /// <summary>
    /// The same for a 32-bit float: only the digits that distinguish it from its neighbours (<c>0.0003</c>, not
    /// <c>0.0003000000142492354</c>).
    /// </summary>
    public static string Repr(float value) =>
        Repr(double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));

    /// <summary>Python's <c>f"{value:.Nf}"</c>, exact and half to even.</summary>
    public static string Fixed(double value, int decimals) => Sign(value) + Body(value, 'f', decimals, alternate: false, dotZero: false);

    /// <summary>Python's <c>f"{value:.Ne}"</c>: <c>1.2346e-05</c>.</summary>
    public static string Exponential(double value, int decimals) =>
        Sign(value) + Body(value, 'e', decimals, alternate: false, dotZero: false);

    /// <summary>The text without its sign.</summary>
    /// <param name="value">Any number.</param>
    /// <param name="kind"><c>e</c>, <c>f</c>, <c>g</c> or <c>r</c> (shortest text that round-trips).</param>
    /// <param name="precision">Digits after the point; significant digits for <c>g</c>; unused for <c>r</c>.</param>
    /// <param name="alternate">Python's <c>#</c>: keep the decimal point and trailing zeros.</param>
    /// <param name="dotZero">Whether to write whole numbers with <c>.0</c>, and to allow for it when choosing the exponent form.</param>
    public static string Body(double value, char kind, int precision, bool alternate, bool dotZero)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return "inf";
        }

        double magnitude = Math.Abs(value);
        (string? digits, int exponent) = kind switch
        {
            'e' => ExactDecimal.Significant(magnitude, precision + 1),
            'f' => FixedDigits(magnitude, precision),
            'g' => GeneralDigits(magnitude, Math.Max(precision, 1), alternate),
            _ => ExactDecimal.Shortest(magnitude),
        };
        bool exponential = kind switch
        {
            'e' => true,
            'f' => false,
            'g' => exponent < -4 || exponent + 1 > Math.Max(precision, 1) - (dotZero ? 1 : 0),
            _ => exponent < -4 || exponent + 1 > LargestPlainExponent,
        };
        return exponential ? WithExponent(digits, exponent, alternate) : Plain(digits, exponent, alternate, dotZero);
    }

    /// <summary><c>-</c> for negative numbers and negative zero; NaN has no sign in Python.</summary>
    public static string Sign(double value) => !double.IsNaN(value) && double.IsNegative(value) ? "-" : "";

    private static (string Digits, int Exponent) FixedDigits(double magnitude, int precision)
    {
        string digits = ExactDecimal.Scale(magnitude, precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return (digits, digits.Length - precision - 1);
    }

    private static (string Digits, int Exponent) GeneralDigits(double magnitude, int precision, bool keepZeros)
    {
        (string? digits, int exponent) = ExactDecimal.Significant(magnitude, precision);
        string significant = keepZeros ? digits : digits.TrimEnd('0');
        return (significant.Length == 0 ? "0" : significant, exponent);
    }

    private static string WithExponent(string digits, int exponent, bool keepPoint)
    {
        var text = new StringBuilder(digits[..1]);
        if (digits.Length > 1 || keepPoint)
        {
            text.Append('.').Append(digits.AsSpan(1));
        }

        return text.Append(exponent < 0 ? "e-" : "e+").Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)).ToString();
    }

    private static string Plain(string digits, int exponent, bool keepPoint, bool dotZero)
    {
        if (exponent < 0)
        {
            digits = new string('0', -exponent) + digits;
            exponent = 0;
        }

        string whole = digits.PadRight(exponent + 1, '0');
        string fraction = whole[(exponent + 1)..];
        if (fraction.Length == 0 && dotZero)
        {
            fraction = "0";
        }

        return fraction.Length > 0 || keepPoint ? whole[..(exponent + 1)] + "." + fraction : whole;
    }
}
