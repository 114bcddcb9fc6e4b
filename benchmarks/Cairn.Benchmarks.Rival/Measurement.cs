using System.Globalization;

namespace Cairn.Benchmarks.Rival;

/// <summary>The cost of one measured unit of work in its process.</summary>
/// <param name="Wall">Wall-clock time in milliseconds.</param>
/// <param name="Processor">Processor time of all threads, user and system, in milliseconds.</param>
/// <param name="Faults">Page faults without disk access; 0 if the system doesn't report them.</param>
internal readonly record struct Measurement(double Wall, double Processor, double Faults)
{
    /// <summary>The same per unit.</summary>
    public static Measurement operator /(Measurement whole, int units) =>
        new(whole.Wall / units, whole.Processor / units, whole.Faults / units);

    /// <summary>One line for the pipe between two processes.</summary>
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Wall:R} {Processor:R} {Faults:R}");

    /// <summary>Reads <see cref="ToLine"/>.</summary>
    public static Measurement Parse(string line)
    {
        double[] numbers = [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return new Measurement(numbers[0], numbers[1], numbers[2]);
    }
}
