using Cairn.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class IoUTests
{
    // Confusion: class 0 is predicted correctly twice and as 1 once; class 1 correctly once and as 0 once; class 2 does not occur.
    private static readonly long[] Targets = [0, 0, 0, 1, 1];
    private static readonly long[] Predictions = [0, 0, 1, 1, 0];
    private static readonly float[] Weights = [0.5f, 1.5f, 2f, 3.9f, 1f];

    [Fact]
    public void Classes_are_averaged_that_were_asked_for_and_occur()
    {
        // Class 0: 2 / (3 + 3 - 2), class 1: 1 / (2 + 2 - 1).
        Assert.Equal(((2 / 4.0) + (1 / 3.0)) / 2, After(new MeanIoU(3)), 6);
        Assert.Equal(2 / 4.0, After(new IoU(3, [0])), 6);
        Assert.Equal(1 / 3.0, After(new IoU(3, [1, 2])), 6);
        Assert.Equal(0, After(new IoU(3, [2])), 6);
        Assert.Equal(0, new MeanIoU(3).Result());
    }

    [Fact]
    public void Weights_are_truncated_to_integers_unless_the_dtype_is_floating_point()
    {
        // As float32: class 0: 2 / (4 + 3 - 2), class 1: 3.9 / (4.9 + 5.9 - 3.9). As int32 the weights are 0, 1, 2, 3, 1.
        Assert.Equal(((2 / 5.0) + (3.9 / 6.9)) / 2, After(new MeanIoU(2, dtype: "float32"), weighted: true), 6);
        Assert.Equal(((1 / 4.0) + (3 / 6.0)) / 2, After(new MeanIoU(2), weighted: true), 6);
    }

    [Fact]
    public void Positions_of_an_ignored_or_missing_class_do_not_count()
    {
        Assert.Equal(2 / 3.0, After(new IoU(3, [0], ignoreClass: 1)), 6);
        using DisposeScope scope = NewDisposeScope();
        var metric = new MeanIoU(2);
        metric.UpdateState(tensor([0L, 5L, 1L, -1L]), tensor([0L, 0L, 7L, 0L]));
        Assert.Equal(1, metric.Result(), 6);
    }

    [Fact]
    public void One_hot_targets_and_probabilities_become_classes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor oneHot = nn.functional.one_hot(tensor(Targets), 3).to(ScalarType.Float32);
        Tensor probabilities = nn.functional.one_hot(tensor(Predictions), 3).to(ScalarType.Float32) * 0.4f;
        var mean = new OneHotMeanIoU(3);
        var some = new OneHotIoU(3, [0], sparseYPred: true);
        var channelsFirst = new MeanIoU(3, sparseYTrue: false, sparseYPred: false, axis: 0);

        mean.UpdateState(oneHot, probabilities);
        some.UpdateState(oneHot, tensor(Predictions));
        channelsFirst.UpdateState(oneHot.transpose(0, 1), probabilities.transpose(0, 1));

        Assert.Equal(5 / 12.0, mean.Result(), 6);
        Assert.Equal(0.5, some.Result(), 6);
        Assert.Equal(5 / 12.0, channelsFirst.Result(), 6);
    }

    [Fact]
    public void A_prediction_at_the_threshold_is_a_one()
    {
        using DisposeScope scope = NewDisposeScope();
        var metric = new BinaryIoU([1], threshold: 0.3);

        metric.UpdateState(tensor(new[,] { { 0f, 1f }, { 0f, 1f } }), tensor(new[,] { { 0.1f, 0.3f }, { 0.4f, 0.7f } }));

        // 2 of 3 places that are one in targets or predictions.
        Assert.Equal(2 / 3.0, metric.Result(), 6);
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Assert.Equal("targetClassIds", Assert.Throws<ArgumentOutOfRangeException>(() => new IoU(3, [3])).ParamName);
        Assert.Equal("dtype", Assert.Throws<ArgumentException>(() => new MeanIoU(3, dtype: "float31")).ParamName);
        Assert.Equal("numClasses", Assert.Throws<ArgumentOutOfRangeException>(() => new MeanIoU(0)).ParamName);
    }

    private static double After(Metric metric, bool weighted = false)
    {
        using DisposeScope scope = NewDisposeScope();
        metric.UpdateState(tensor(Targets), tensor(Predictions), weighted ? tensor(Weights) : null);
        return metric.Result();
    }
}
