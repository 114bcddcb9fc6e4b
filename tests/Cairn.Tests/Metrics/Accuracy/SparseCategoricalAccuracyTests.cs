using Cairn.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

public sealed class SparseCategoricalAccuracyTests
{
    [Fact]
    public void On_a_tie_the_first_score_counts_and_NaN_ranks_above_all()
    {
        using DisposeScope scope = NewDisposeScope();
        float nan = float.NaN;
        Tensor yPred = tensor([1f, 1f, 0f, 0f, nan, 9f, nan, nan, 1f, -3f, -2f, -1f], [4, 3]);
        Tensor first = yPred.argmax(-1);
        var metric = new SparseCategoricalAccuracy();

        metric.UpdateState(first, yPred);

        Assert.Equal([0L, 1L, 0L, 2L], first.data<long>().ToArray());
        Assert.Equal(1, metric.Result());
    }

    [Fact]
    public void Small_and_large_batches_give_the_same_counts()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        Tensor yPred = randn(4_000, 10);
        Tensor yTrue = randint(10, 4_000, ScalarType.Int64);
        var whole = new SparseCategoricalAccuracy();
        var inParts = new SparseCategoricalAccuracy();

        // 40,000 scores are too many for the pass over memory, 5,000 are not.
        whole.UpdateState(yTrue, yPred);
        for (int part = 0; part < 8; part++)
        {
            inParts.UpdateState(yTrue.narrow(0, part * 500, 500), yPred.narrow(0, part * 500, 500));
        }

        Assert.Equal(whole.Result(), inParts.Result());
        Assert.InRange(whole.Result(), 0.05, 0.15);
    }
}
