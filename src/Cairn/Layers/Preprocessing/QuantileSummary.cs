namespace Cairn.Layers;

/// <summary>A summary of many values from which quantiles are estimated: a subset of the values, each with a weight.</summary>
/// <remarks>Follows the steps and float32 rounding of Keras' <c>Discretization</c>, so that the boundaries are identical.</remarks>
internal sealed class QuantileSummary
{
    public static readonly QuantileSummary Empty = new([], []);

    private readonly float[] values;
    private readonly float[] weights;

    private QuantileSummary(float[] values, float[] weights)
    {
        this.values = values;
        this.weights = weights;
    }

    /// <summary>Samples the sorted values at regular intervals, about 1 / epsilon of them.</summary>
    public static QuantileSummary Of(float[] numbers, double epsilon)
    {
        float[] sorted = [.. numbers.Order()];
        double step = Math.Max(sorted.Length / (1 / epsilon), 1);
        List<float> kept = [];
        for (int i = (int)(step - 1); i < sorted.Length; i += (int)step)
        {
            kept.Add(sorted[i]);
        }

        return new QuantileSummary([.. kept], [.. Enumerable.Repeat((float)step, kept.Count)]);
    }

    /// <summary>Merges two summaries and compresses the result.</summary>
    public QuantileSummary Merge(QuantileSummary other, double epsilon)
    {
        float[] all = [.. values, .. other.values];
        float[] counts = [.. weights, .. other.weights];
        int[] order = [.. Enumerable.Range(0, all.Length).OrderBy(i => all[i])];
        return new QuantileSummary([.. order.Select(i => all[i])], [.. order.Select(i => counts[i])]).Compress(epsilon);
    }

    /// <summary>The boundaries between bins of equal counts.</summary>
    public double[] Boundaries(int bins) => [.. Compress(1.0 / bins).values.SkipLast(1).Select(v => (double)v)];

    private QuantileSummary Compress(double epsilon)
    {
        if (values.Length * epsilon < 1)
        {
            return this;
        }

        float[] cumulated = new float[weights.Length];
        float sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            cumulated[i] = sum += weights[i];
        }

        float[] shares = [.. cumulated.Select(c => c / sum)];

        int count = (int)Math.Ceiling(1 / epsilon);
        float[] newValues = new float[count];
        float[] newWeights = new float[count];
        double before = 0;
        for (int i = 0; i < count; i++)
        {
            double share = epsilon + (i * epsilon);
            newValues[i] = (float)Interpolate(share, shares, values);
            double until = Interpolate(share, shares, cumulated);
            newWeights[i] = (float)(until - before);
            before = until;
        }

        return new QuantileSummary(newValues, newWeights);
    }

    private static double Interpolate(double x, float[] xs, float[] ys)
    {
        if (x <= xs[0])
        {
            return ys[0];
        }

        if (x >= xs[^1])
        {
            return ys[^1];
        }

        int right = Array.BinarySearch(xs, (float)x) is var found && found >= 0 ? found : ~found;
        while (right > 0 && xs[right - 1] > x)
        {
            right--;
        }

        while (xs[right] <= x)
        {
            right++;
        }

        double slope = ((double)ys[right] - ys[right - 1]) / ((double)xs[right] - xs[right - 1]);
        return (slope * (x - xs[right - 1])) + ys[right - 1];
    }
}
