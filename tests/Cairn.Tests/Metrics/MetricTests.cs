using Cairn.Metrics;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class MetricTests
{
    [Fact]
    public void Correlations_are_those_of_each_sample_averaged()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yTrue = tensor(new[,] { { 1f, 2f, 3f }, { 1f, 2f, 3f } });
        Tensor yPred = tensor(new[,] { { 3f, 5f, 7f }, { 1f, 3f, 2f } });
        var pearson = new PearsonCorrelation();
        var concordance = new ConcordanceCorrelation();

        pearson.UpdateState(yTrue, yPred);
        concordance.UpdateState(yTrue, yPred);

        // Pearson: a straight line gives 1; the ranks 1 3 2 against 1 2 3 give 1/2.
        Assert.Equal(0.75, pearson.Result(), 5);

        // Concordance 2·cov / (var + var + (difference of means)²): 2·(4/3) / (2/3 + 8/3 + 9) and 2·(1/3) / (2/3 + 2/3 + 0).
        Assert.Equal(((8 / 37.0) + 0.5) / 2, concordance.Result(), 5);
    }

    [Fact]
    public void Predictions_that_are_sorted_classes_count_up_to_the_kth()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor best = tensor(new[,] { { 3f, 1f, 2f }, { 0f, 2f, 1f } });
        var metric = new SparseTopKCategoricalAccuracy(2, fromSortedIds: true);

        metric.UpdateState(tensor([1L, 1L]), best);

        Assert.Equal(0.5, metric.Result());
    }

    [Fact]
    public void A_k_above_the_number_of_classes_is_an_error()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.Contains("k must be at most the number of classes, 3",
            Assert.Throws<ArgumentException>(() => new TopKCategoricalAccuracy().UpdateState(eye(3), eye(3))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SparseTopKCategoricalAccuracy(0));
    }

    [Fact]
    public void Positions_of_an_ignored_class_count_as_zero_without_weights_and_not_at_all_with_them()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = tensor(new[,] { { 0.5f, 0.5f }, { 0.5f, 0.5f } });
        var plain = new SparseCategoricalCrossentropy(ignoreClass: 1);
        var weighted = new SparseCategoricalCrossentropy(ignoreClass: 1);

        plain.UpdateState(tensor([0L, 1L]), yPred);
        weighted.UpdateState(tensor([0L, 1L]), yPred, ones(2));

        Assert.Equal(Math.Log(2) / 2, plain.Result(), 6);
        Assert.Equal(Math.Log(2), weighted.Result(), 6);
    }

    [Fact]
    public void Means_and_sums_take_numbers_with_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        var mean = new Mean();
        var sum = new Sum();
        Tensor values = tensor(new[,] { { 1f, 3f }, { 5f, 7f } });

        mean.UpdateState(values, tensor([1f, 3f]));
        sum.UpdateState(values, tensor([1f, 3f]));
        Assert.Equal(((1 * 2) + (3 * 6)) / 4.0, mean.Result());
        Assert.Equal((1 * 4) + (3 * 12), sum.Result());

        mean.Update(13, weight: 2);
        sum.Update(2);
        mean.UpdateState(tensor(4f));
        Assert.Equal((20 + 26 + 4) / 7.0, mean.Result(), 6);
        Assert.Equal(42, sum.Result());
        mean.ResetState();
        sum.ResetState();
        Assert.Equal(0, mean.Result());
        Assert.Equal(0, sum.Result());
    }

    [Fact]
    public void The_adjusted_R2_counts_the_regressors_and_falls_back_with_too_few_samples()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yTrue = tensor([1f, 2f, 3f, 4f, 5f]);
        Tensor yPred = tensor([1f, 2f, 3f, 4f, 7f]).reshape(5, 1);

        // Residual 4, variation 10: R² = 0.6. With 2 regressors: 1 - 0.4·4 / 2 = 0.2; with 4 or more the plain one.
        Assert.Equal(0.6, Score(0), 6);
        Assert.Equal(0.2, Score(2), 6);
        Assert.Equal(0.6, Score(4), 6);
        Assert.Equal(0.6, Score(9), 6);

        double Score(int regressors)
        {
            var metric = new R2Score(numRegressors: regressors);
            metric.UpdateState(yTrue, yPred);
            return metric.Result();
        }
    }

    [Fact]
    public void A_row_of_zeros_has_no_positive_and_all_of_equal_largest_ones_count()
    {
        using DisposeScope scope = NewDisposeScope();
        var score = new F1Score();

        score.UpdateState(tensor(new[,] { { 1f, 0f }, { 0f, 1f } }), tensor(new[,] { { 0f, 0f }, { 0.5f, 0.5f } }));

        // Class 0: a miss and a false positive. Class 1: one hit.
        Tolerance.Near([0f, 1f], Array.ConvertAll(score.Results(), s => (float)s), 1e-6, "F1");
        Assert.Equal(0.5, score.Result(), 6);
    }

    [Fact]
    public void Shapes_and_arguments_that_do_not_fit_are_named()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.Contains("(samples, outputs)",
            Assert.Throws<ArgumentException>(() => new F1Score().UpdateState(ones(2, 3, 4), ones(2, 3, 4))).Message);
        Assert.Contains("(2, 3)", Assert.Throws<ArgumentException>(() => new R2Score().UpdateState(ones(2, 4), ones(2, 3))).Message);
        Assert.Equal("average", Assert.Throws<ArgumentException>(() => new F1Score("makro")).ParamName);
        Assert.Equal("threshold", Assert.Throws<ArgumentOutOfRangeException>(() => new F1Score(threshold: 0)).ParamName);
        Assert.Equal("beta", Assert.Throws<ArgumentOutOfRangeException>(() => new FBetaScore(beta: 0)).ParamName);
        Assert.Equal("classAggregation", Assert.Throws<ArgumentException>(() => new R2Score("average")).ParamName);
        Assert.Throws<NotSupportedException>(() => new Mean().UpdateState(ones(2), ones(2), ones(2)));
    }
}
