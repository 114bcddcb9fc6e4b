using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Metrics;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Metrics;

/// <summary>A metric restored from its saved state gives the same bits as an uninterrupted one.</summary>
public sealed class MetricStateTests
{
    public static TheoryData<string> Names =>
    [
        "accuracy of classes", "root mean squared error", "AUC", "AUC of labels", "precision", "recall at precision", "F1", "R2",
        "mean IoU", "binary accuracy",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_continues_with_the_same_bits(string name)
    {
        Metric whole = Create(name);
        Metric first = Create(name);
        Metric second = Create(name);
        for (int batch = 0; batch < 6; batch++)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor yTrue, Tensor yPred) = Batch(name, batch);
            whole.UpdateState(yTrue, yPred);
            if (batch == 3)
            {
                second.LoadState(Copied(first.SaveState()!));
            }

            (batch < 3 ? first : second).UpdateState(yTrue, yPred);
        }

        Assert.NotEqual(first.Results(), second.Results());
        Assert.Equal(whole.Results(), second.Results());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_state_does_not_change_with_the_next_batch(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Metric metric = Create(name);
        metric.UpdateState(Batch(name, 0).YTrue, Batch(name, 0).YPred);
        SavedState state = metric.SaveState()!;
        double[] before = metric.Results();
        metric.UpdateState(Batch(name, 1).YTrue, Batch(name, 1).YPred);
        metric.LoadState(state);
        Assert.Equal(before, metric.Results());
    }

    [Fact]
    public void Sums_and_means_of_numbers_keep_all_bits()
    {
        var sum = new Sum();
        var mean = new Mean();
        foreach (double value in (double[])[0.1, 1e17, double.Epsilon])
        {
            sum.Update(value);
            mean.Update(value, 0.3);
        }

        (Sum? sumAgain, Mean? meanAgain) = (new Sum(), new Mean());
        sumAgain.LoadState(Copied(sum.SaveState()!));
        meanAgain.LoadState(Copied(mean.SaveState()!));
        Assert.Equal((sum.Result(), mean.Result()), (sumAgain.Result(), meanAgain.Result()));
        Assert.Equal(mean.SaveState()!.GetDouble("count"), meanAgain.SaveState()!.GetDouble("count"));
    }

    internal static Metric Create(string name) => name switch
    {
        "accuracy of classes" => new SparseCategoricalAccuracy(),
        "root mean squared error" => new RootMeanSquaredError(),
        "AUC" => new AUC(),
        "AUC of labels" => new AUC(multiLabel: true),
        "precision" => new Precision(),
        "recall at precision" => new RecallAtPrecision(0.8),
        "F1" => new F1Score(),
        "R2" => new R2Score(),
        "mean IoU" => new MeanIoU(3),
        _ => new BinaryAccuracy(),
    };

    internal static (Tensor YTrue, Tensor YPred) Batch(string name, int number)
    {
        var random = new RandomStream(7, RandomPurpose.Shuffling, (ulong)number);
        int rows = 5 + number;
        int columns = name is "AUC" or "precision" or "recall at precision" or "binary accuracy" ? 1 : 3;
        float[,] yTrue = new float[rows, columns];
        float[,] yPred = new float[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                yTrue[row, column] = random.NextBelow(name == "mean IoU" ? 3 : 2);
                yPred[row, column] = name == "mean IoU" ? random.NextBelow(3) : (float)random.NextDouble();
            }
        }

        Tensor targets = tensor(yTrue);
        return (name == "accuracy of classes" ? targets.argmax(1) : targets, tensor(yPred));
    }

    internal static SavedState Copied(SavedState state)
    {
        var copy = new SavedState(JsonNode.Parse(state.Values.ToJsonString())!.AsObject());
        foreach ((string name, NDArray array) in state.Arrays)
        {
            copy.Arrays[name] = array;
        }

        return copy;
    }
}
