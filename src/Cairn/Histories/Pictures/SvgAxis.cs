namespace Cairn.Callbacks;

/// <summary>An axis of a chart: its range, the position of values, and its ticks.</summary>
internal sealed class SvgAxis
{
    private const int AboutTicks = 5;
    private readonly double low;
    private readonly double high;
    private readonly double start;
    private readonly double end;

    private SvgAxis(double low, double high, double start, double end, double smallestStep)
    {
        (this.low, this.high, this.start, this.end) = (low, high, start, end);
        double step = Math.Max(Step((high - low) / AboutTicks), smallestStep);
        double first = Math.Ceiling(low / step);
        Ticks = [.. Enumerable.Range(0, (int)Math.Max(Math.Floor(high / step) - first + 1, 0)).Select(index => (first + index) * step)];
    }

    /// <summary>The values of the ticks.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>An integer axis, extended by 0.5 at both ends.</summary>
    public static SvgAxis Whole(int low, int high, double start, double end) => new(low - 0.5, high + 0.5, start, end, 1);

    /// <summary>An axis that covers the given values with a margin.</summary>
    public static SvgAxis Of(IReadOnlyCollection<double> values, double start, double end)
    {
        if (values.Count == 0)
        {
            return new SvgAxis(0, 1, start, end, 0);
        }

        (double low, double high) = (values.Min(), values.Max());

        // Values that differ only by rounding count as one value, with a margin around it.
        double margin = high - low > Math.Max(Math.Abs(high) * 1e-9, 1e-12) ? (high - low) * 0.06 : Math.Max(Math.Abs(high) * 0.05, 1e-6);
        return new SvgAxis(low - margin, high + margin, start, end, 0);
    }

    /// <summary>An axis of base-10 exponents, from one integer power to another.</summary>
    public static SvgAxis Powers(IReadOnlyCollection<double> values, double start, double end)
    {
        (double low, double high) = values.Count == 0 ? (0, 0) : (Math.Floor(values.Min() + 0.01), Math.Ceiling(values.Max() - 0.01));
        return new SvgAxis(low - 0.15, high + 0.15, start, end, 1);
    }

    /// <summary>The position of a value.</summary>
    public double At(double value) => start + ((value - low) / (high - low) * (end - start));

    // The smallest of 1, 2 or 5 times a power of ten that is large enough.
    private static double Step(double atLeast)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return new[] { 1, 2, 5, 10 }.First(factor => factor * power >= atLeast * 0.999) * power;
    }
}
