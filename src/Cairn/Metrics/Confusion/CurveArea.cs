namespace Cairn.Metrics;

/// <summary>The area under a curve given by confusion counts at decreasing numbers of positives.</summary>
internal static class CurveArea
{
    /// <summary>The area of one label.</summary>
    /// <param name="counts">Counts at ascending thresholds.</param>
    /// <param name="label">The column.</param>
    /// <param name="curve"><c>ROC</c>, <c>PR</c> or <c>PRGAIN</c>.</param>
    /// <param name="summationMethod"><c>interpolation</c>, <c>minoring</c> or <c>majoring</c>.</param>
    public static double Of(ConfusionCounts counts, int label, string curve, string summationMethod)
    {
        Point[] points = [.. Enumerable.Range(0, counts.TruePositives.Length / counts.Labels)
            .Select(t => Point.At(counts, (t * counts.Labels) + label))];
        if (curve == "PR" && summationMethod == "interpolation")
        {
            return InterpolatedPrecisionRecall(points);
        }

        (double X, double Y)[] places = [.. points.Select(p => curve switch
        {
            "ROC" => (Ratio(p.FP, p.FP + p.TN), Ratio(p.TP, p.TP + p.FN)),
            "PR" => (Ratio(p.TP, p.TP + p.FN), Ratio(p.TP, p.TP + p.FP)),
            _ => Gains(p),
        })];
        double area = 0;
        for (int i = 0; i + 1 < places.Length; i++)
        {
            (double y, double next) = (places[i].Y, places[i + 1].Y);
            double height = summationMethod switch
            {
                "minoring" => Math.Min(y, next),
                "majoring" => Math.Max(y, next),
                _ => (y + next) / 2,
            };
            area += (places[i].X - places[i + 1].X) * height;
        }

        return area;
    }

    // Between two points, the true positives are interpolated linearly in the positives (Davis and Goadrich 2006), which makes precision
    // nonlinear.
    private static double InterpolatedPrecisionRecall(Point[] points)
    {
        double area = 0;
        for (int i = 0; i + 1 < points.Length; i++)
        {
            (Point here, Point next) = (points[i], points[i + 1]);
            (double positives, double nextPositives) = (here.TP + here.FP, next.TP + next.FP);
            double slope = Ratio(here.TP - next.TP, Math.Max(positives - nextPositives, 0));
            double intercept = next.TP - (slope * nextPositives);
            double ratio = positives > 0 && nextPositives > 0 ? positives / nextPositives : 1;
            area += Ratio(slope * (here.TP - next.TP + (intercept * Math.Log(ratio))), Math.Max(next.TP + next.FN, 0));
        }

        return area;
    }

    // Recall and precision gain (Flach and Kull 2015), clipped where there are no true positives or recall is below chance.
    private static (double X, double Y) Gains(Point p)
    {
        if (p.TP == 0)
        {
            return (0, 1);
        }

        double odds = Ratio(p.TP + p.FN, p.TN + p.FP);
        return (Math.Max(1 - (odds * p.FN / p.TP), 0), 1 - (odds * p.FP / p.TP));
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;

    private readonly record struct Point(double TP, double FP, double TN, double FN)
    {
        public static Point At(ConfusionCounts counts, int at) =>
            new(counts.TruePositives[at], counts.FalsePositives[at], counts.TrueNegatives[at], counts.FalseNegatives[at]);
    }
}
