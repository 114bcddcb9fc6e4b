using System.Globalization;

namespace Cairn;

/// <summary>Numbers of logs and histories as people read them.</summary>
internal static class NumberText
{
    /// <summary>The shortest text that names the number: of 32-bit precision where it came from there, as most measured values do.</summary>
    public static string Of(double number) => (float)number == number && float.IsFinite((float)number)
        ? ((float)number).ToString("R", CultureInfo.InvariantCulture)
        : number.ToString("R", CultureInfo.InvariantCulture);
}
