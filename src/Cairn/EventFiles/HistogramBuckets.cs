namespace Cairn.EventFiles;

/// <summary>Counts numbers in 30 buckets of equal width, like TensorFlow's <c>summary.histogram</c>.</summary>
internal static class HistogramBuckets
{
    /// <summary>Left edge, right edge, count.</summary>
    public const int Columns = 3;

    private const int Count = 30;
    private const double HalfWidthOfOneValue = 0.5;

    /// <summary>
    /// The buckets as rows of left edge, right edge and count, in 64-bit floats. Only the last bucket includes its right edge. A single
    /// distinct number gives one bucket of width 1 around it; no number gives no bucket. Non-finite values are not counted.
    /// </summary>
    public static double[] Of(ReadOnlySpan<float> numbers)
    {
        long finite = 0;
        double least = double.PositiveInfinity;
        double most = double.NegativeInfinity;
        foreach (float number in numbers)
        {
            if (!float.IsFinite(number))
            {
                continue;
            }

            finite++;
            least = Math.Min(least, number);
            most = Math.Max(most, number);
        }

        if (finite == 0)
        {
            return [];
        }

        if (least == most)
        {
            return [least - HalfWidthOfOneValue, least + HalfWidthOfOneValue, finite];
        }

        double width = (most - least) / Count;
        double[] buckets = new double[Count * Columns];
        for (int index = 0; index < Count; index++)
        {
            buckets[index * Columns] = least + (index * width);
            buckets[(index * Columns) + 1] = index == Count - 1 ? most : least + ((index + 1) * width);
        }

        foreach (float number in numbers)
        {
            if (!float.IsFinite(number))
            {
                continue;
            }

            int index = Math.Min((int)Math.Floor((number - least) / width), Count - 1);
            buckets[(index * Columns) + 2]++;
        }

        return buckets;
    }
}
