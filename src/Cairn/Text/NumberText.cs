using System.Globalization;

namespace Cairn;

/// <summary>Formats the numbers in logs and histories for people.</summary>
internal static class NumberText
{
    /// <summary>
    /// The shortest text that identifies the number: in 32-bit precision if it came from a float, as most measured values do.
    /// </summary>
    public static string Of(double number) => (float)number == number && float.IsFinite((float)number)
        ? ((float)number).ToString("R", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);
}
