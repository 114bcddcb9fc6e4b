using Cairn.Metrics;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class ConfusionMetricTests
{
    // Negatives first. At a threshold in [0.2, 0.3) three of five negatives are below and three of five positives above.
    private static readonly float[] Labels = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    private static readonly float[] Scores = [0, 0.1f, 0.2f, 0.3f, 0.4f, 0.01f, 0.02f, 0.25f, 0.26f, 0.26f];
    private static readonly float[] Weights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    [Theory]
    [InlineData(0.4, false, 0.6)]
    [InlineData(0.4, true, 0.675)] // 27 of the positives' weight of 40
    [InlineData(1.0, false, 0.0)]
    [InlineData(0.0, false, 1.0)]
    public void Sensitivity_at_specificity_is_the_best_over_the_thresholds(double specificity, bool weighted, double expected) =>
        Assert.Equal(expected, After(new SensitivityAtSpecificity(specificity), weighted), 6);

    [Fact]
    public void The_other_operating_points_are_found_in_the_same_way()
    {
        // Sensitivity 0.6 is still reached up to the threshold 0.25, where the negatives 0, 0.1 and 0.2 are classified correctly.
        Assert.Equal(0.6, After(new SpecificityAtSensitivity(0.6)), 6);

        // Above 0.2: 3 right of 5 predicted. All 10 above nothing: 5 of 10, the best for a recall beyond 0.6.
        Assert.Equal(0.6, After(new PrecisionAtRecall(0.6)), 6);
        Assert.Equal(5.0 / 9, After(new PrecisionAtRecall(0.9)), 6);
        Assert.Equal(0.6, After(new RecallAtPrecision(0.6)), 6);
        Assert.Equal(0, After(new RecallAtPrecision(0.7)), 6);
    }

    [Fact]
    public void A_single_class_can_be_selected()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = stack([zeros(10), tensor(Scores)], 1);
        Tensor labels = stack([ones(10), tensor(Labels)], 1);
        var metric = new SensitivityAtSpecificity(0.4, classId: 1);

        metric.UpdateState(labels, scores);

        Assert.Equal(0.6, metric.Result(), 6);
        Assert.Throws<ArgumentException>(() => new Recall(classId: 2).UpdateState(labels, scores));
        Assert.Throws<ArgumentException>(() => new Recall(classId: 0).UpdateState(tensor(Labels), tensor(Scores)));
    }

    [Fact]
    public void Several_thresholds_give_a_result_each_and_their_mean_in_the_logs()
    {
        using DisposeScope scope = NewDisposeScope();
        var counted = new TruePositives([0, 0.015, 0.255]);
        var precision = new Precision(new[] { 0, 0.5, 1 });

        counted.UpdateState(tensor(Labels), tensor(Scores));
        precision.UpdateState(tensor(Labels), tensor(Scores));

        Assert.Equal([5, 4, 2], counted.Results());
        Assert.Equal(11 / 3.0, counted.Result(), 6);

        // A prediction of 0 is above no threshold, so 5 of 9 are right at 0; evenly spaced thresholds take the other way of counting.
        Tolerance.Near([5 / 9f, 0, 0], Array.ConvertAll(precision.Results(), p => (float)p), 1e-6, "precision");
    }

    [Fact]
    public void On_a_tie_the_first_predictions_are_among_the_top_k()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scores = tensor(new[,] { { 0.2f, 0.5f, 0.2f, 0.2f } });
        var precision = new Precision(topK: 2);
        var second = new Recall(topK: 2, classId: 0);
        var third = new Recall(topK: 2, classId: 2);

        foreach (Metric metric in new Metric[] { precision, second, third })
        {
            metric.UpdateState(tensor(new[,] { { 1f, 0f, 1f, 0f } }), scores);
        }

        Assert.Equal(0.5, precision.Result());
        Assert.Equal(1, second.Result());
        Assert.Equal(0, third.Result());
        Assert.Throws<ArgumentException>(() => new Precision(topK: 5).UpdateState(scores, scores));
    }

    [Fact]
    public void Sample_weights_may_be_per_sample_or_per_position()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = tensor(new[,] { { 1f, 1f }, { 1f, 0f } });
        Tensor scores = tensor(new[,] { { 0.9f, 0.1f }, { 0.9f, 0.9f } });

        Assert.Equal(2 + 3, Count(tensor([2f, 3f])));
        Assert.Equal(2 + 3, Count(tensor([2f, 3f]).reshape(2, 1)));
        Assert.Equal(1 + 7, Count(tensor(new[,] { { 1f, 5f }, { 7f, 11f } })));

        double Count(Tensor weights)
        {
            var metric = new TruePositives();
            metric.UpdateState(labels, scores, weights);
            return metric.Result();
        }
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Assert.Equal("specificity", Assert.Throws<ArgumentOutOfRangeException>(() => new SensitivityAtSpecificity(1.5)).ParamName);
        Assert.Equal("numThresholds", Assert.Throws<ArgumentOutOfRangeException>(() => new PrecisionAtRecall(0.5, 0)).ParamName);
        Assert.Equal("topK", Assert.Throws<ArgumentOutOfRangeException>(() => new Precision(topK: 0)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Precision(1.5));
        Assert.Throws<ArgumentException>(() => new Recall(Array.Empty<double>()));
    }

    private static double After(Metric metric, bool weighted = false)
    {
        using DisposeScope scope = NewDisposeScope();
        metric.UpdateState(tensor(Labels), tensor(Scores), weighted ? tensor(Weights) : null);
        return metric.Result();
    }
}
