using Cairn.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class AUCTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_area_under_ROC_is_the_share_of_pairs_in_the_right_order(int seed)
    {
        // Scores halfway between thresholds, so that sampling loses nothing; ties count half (Mann and Whitney 1947).
        var random = new Random(seed);
        float[] scores = [.. Enumerable.Range(0, 60).Select(_ => (random.Next(20) + 0.5f) / 20)];
        float[] labels = [.. scores.Select(score => random.NextSingle() < score ? 1f : 0f)];
        double pairs = 0;
        double ordered = 0;
        foreach ((float score, _) in scores.Zip(labels).Where(p => p.Second == 1))
        {
            foreach ((float other, _) in scores.Zip(labels).Where(p => p.Second == 0))
            {
                pairs++;
                ordered += score > other ? 1 : score == other ? 0.5 : 0;
            }
        }

        Assert.Equal(ordered / pairs, Area(new AUC(21), labels, scores), 6);

        // The same curve, counted by comparison with each threshold instead of by buckets.
        double[] uneven = [.. Enumerable.Range(1, 19).Select(i => i / 20.0), 0.987];
        Assert.Equal(ordered / pairs, Area(new AUC(thresholds: uneven), labels, scores), 6);
    }

    [Theory]
    [InlineData("interpolation", (2 / 3.0 * 1 / 3) + (1 / 3.0 * 5 / 6))]
    [InlineData("minoring", 1 / 3.0 * 2 / 3)]
    [InlineData("majoring", (2 / 3.0 * 2 / 3) + (1 / 3.0 * 1))]
    public void The_area_under_gains_follows_its_formula(string summationMethod, double expected)
    {
        // Three thresholds: TP 5, 3, 0; FP 5, 1, 0; as many positives as negatives. Recall gain 1, 1 - 2/3, 0 and precision gain 0, 1 -
        // 1/3, 1. Widths 2/3 and 1/3; heights between 0 and 2/3, and between 2/3 and 1.
        float[] labels = [0, 0, 0, 1, 0, 1, 0, 1, 1, 1];
        float[] scores = [0.1f, 0.2f, 0.3f, 0.3f, 0.4f, 0.4f, 0.6f, 0.6f, 0.8f, 0.9f];

        Assert.Equal(expected, Area(new AUC(3, "PRGAIN", summationMethod), labels, scores), 6);
    }

    [Fact]
    public void Labels_have_areas_of_their_own_that_are_averaged_by_weight()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = tensor(new[,] { { 0f, 0f }, { 0f, 1f }, { 1f, 0f }, { 1f, 1f } });
        Tensor scores = tensor(new[,] { { 0.1f, 0.1f }, { 0.2f, 0.2f }, { 0.8f, 0.8f }, { 0.9f, 0.9f } });

        // The first column is in perfect order (area 1), in the second 3 of 4 pairs are.
        Assert.Equal(0.875, Of(new AUC(multiLabel: true)), 6);
        Assert.Equal(0.875, Of(new AUC(multiLabel: true, numLabels: 2, thresholds: [0.15, 0.5, 0.85])), 6);
        Assert.Equal(0.8125, Of(new AUC(multiLabel: true, labelWeights: [1, 3])), 6);

        // All in one, with a weight of 0 for the second column.
        Assert.Equal(1, Of(new AUC(labelWeights: [1, 0])), 6);

        double Of(AUC metric)
        {
            metric.UpdateState(labels, scores);
            double result = metric.Result();
            metric.ResetState();
            Assert.Equal(0, metric.Result());
            return result;
        }
    }

    [Fact]
    public void Scores_out_of_range_are_clipped_and_NaN_exceeds_no_threshold()
    {
        // As 0 and 1: in perfect order.
        Assert.Equal(1, Area(new AUC(), [0, 1], [-3, 7]), 6);

        // Above the first threshold is one of two negatives and one of two positives, above the second only the positive: 1/2 · 1/2.
        Assert.Equal(0.25, Area(new AUC(), [0, 1, 0, 1], [-3, 7, float.NaN, float.NaN]), 6);
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Assert.Contains("'PRGAIN'", Assert.Throws<ArgumentException>(() => new AUC(curve: "PRGAINS")).Message);
        Assert.Equal("summationMethod", Assert.Throws<ArgumentException>(() => new AUC(summationMethod: "middle")).ParamName);
        Assert.Equal("numThresholds", Assert.Throws<ArgumentOutOfRangeException>(() => new AUC(1)).ParamName);
        Assert.Equal("numLabels", Assert.Throws<ArgumentException>(() => new AUC(numLabels: 3)).ParamName);
        Assert.Equal("thresholds", Assert.Throws<ArgumentOutOfRangeException>(() => new AUC(thresholds: [0.5, 2])).ParamName);
        Assert.Equal("labelWeights",
            Assert.Throws<ArgumentException>(() => new AUC(multiLabel: true, numLabels: 3, labelWeights: [1])).ParamName);
        using DisposeScope scope = NewDisposeScope();
        Assert.Contains("(4,)", Assert.Throws<ArgumentException>(() => new AUC().UpdateState(zeros(3), zeros(4))).Message);
    }

    private static double Area(AUC metric, float[] labels, float[] scores)
    {
        using DisposeScope scope = NewDisposeScope();
        metric.UpdateState(tensor(labels), tensor(scores));
        return metric.Result();
    }
}
