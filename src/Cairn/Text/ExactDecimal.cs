using System.Globalization;
using System.Numerics;

namespace Cairn.Callbacks;

/// <summary>
/// Decimal digits of the exact binary value of a double, rounded half to even, for any number of digits.
/// .NET's own "F" and "E" formats round ties away from zero, so <c>0.125</c> would become <c>0.13</c> where Python prints <c>0.12</c>.
/// </summary>
internal static class ExactDecimal
{
    private const int MantissaBits = 52;
    private const int ExponentBias = 1075;

    /// <summary>The number of significant digits that distinguishes any two doubles.</summary>
    private const int EnoughDigits = 17;

    /// <summary>The integer nearest to <c>magnitude · 10^decimals</c>, ties to even.</summary>
    /// <param name="magnitude">A finite number, 0 or more.</param>
    /// <param name="decimals">Places after the decimal point; negative rounds to tens, hundreds, ….</param>
    public static BigInteger Scale(double magnitude, int decimals)
    {
        long bits = BitConverter.DoubleToInt64Bits(magnitude);
        int exponent = (int)(bits >> MantissaBits);
        long mantissa = bits & ((1L << MantissaBits) - 1);
        if (exponent == 0)
        {
            exponent = 1;
        }
        else
        {
            mantissa |= 1L << MantissaBits;
        }

        int power = exponent - ExponentBias;
        BigInteger numerator = new BigInteger(mantissa) << Math.Max(power, 0);
        BigInteger denominator = BigInteger.One << Math.Max(-power, 0);
        if (decimals >= 0)
        {
            numerator *= BigInteger.Pow(10, decimals);
        }
        else
        {
            denominator *= BigInteger.Pow(10, -decimals);
        }

        var quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder << 1).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>The number rounded to <paramref name="count"/> significant digits, and the power of ten of the first one.</summary>
    /// <param name="magnitude">A finite number, 0 or more.</param>
    /// <param name="count">Number of digits, 1 or more.</param>
    public static (string Digits, int Exponent) Significant(double magnitude, int count)
    {
        if (magnitude == 0)
        {
            return (new string('0', count), 0);
        }

        // The estimate may be one too high or low. Start from the lower: with the higher, a number just below a power of ten would round up
        // to it and look right.
        int exponent = (int)Math.Floor(Math.Log10(magnitude)) - 1;
        string digits;
        while ((digits = Scale(magnitude, count - 1 - exponent).ToString(CultureInfo.InvariantCulture)).Length > count)
        {
            exponent++;
        }

        return (digits, exponent);
    }

    /// <summary>
    /// The fewest digits that read back to the same double, nearest to it among those, and the power of ten of the first one.
    /// </summary>
    /// <remarks>.NET's own shortest form is not used: for some powers of two, such as 2^-25, it does not round-trip.</remarks>
    /// <param name="magnitude">A finite number, 0 or more.</param>
    public static (string Digits, int Exponent) Shortest(double magnitude)
    {
        for (int count = 1; count < EnoughDigits; count++)
        {
            (string? digits, int exponent) = Significant(magnitude, count);
            if (ReadsBack(digits, exponent, magnitude))
            {
                return (digits, exponent);
            }

            // Below a power of two, doubles are twice as dense as above, so of two candidates the more distant one, above, may be the one
            // that round-trips.
            string next = (BigInteger.Parse(digits, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
            if (next.Length == count && ReadsBack(next, exponent, magnitude))
            {
                return (next, exponent);
            }
        }

        return Significant(magnitude, EnoughDigits);
    }

    private static bool ReadsBack(string digits, int exponent, double magnitude) =>
        double.Parse($"{digits}E{(exponent - digits.Length + 1).ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture)
        == magnitude;
}
