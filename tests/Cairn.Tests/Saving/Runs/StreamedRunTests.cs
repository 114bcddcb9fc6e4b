using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Training;

namespace Cairn.Tests.Saving.Runs;

/// <summary>A training on streamed data of unknown length resumes at the batch where it was.</summary>
public sealed class StreamedRunTests
{
    [Theory]
    [InlineData(null, 4)]
    [InlineData(null, 5)]
    [InlineData(null, 12)]
    [InlineData(3, 7)]
    [InlineData(7, 8)]
    public void It_resumes_at_the_same_batch(int? stepsPerEpoch, int dieAtStep)
    {
        using var folder = new TemporaryFolder();
        double[] whole = Train(folder["whole"], stepsPerEpoch, null);
        Assert.Throws<ResumedRun.DiedException>(() => Train(folder["parts"], stepsPerEpoch, dieAtStep));
        Assert.Equal(whole, Train(folder["parts"], stepsPerEpoch, null));
    }

    private static double[] Train(string backup, int? stepsPerEpoch, int? dieAtStep)
    {
        using var model = new Sequential(
            [new Input([2]), new Dense(4, activation: "tanh"), new Dropout(0.2), new Dense(1), new Bomb(dieAtStep)], seed: 3);
        model.Compile(new Adam(0.02), "mse", ["mae"]);
        History history = model.Fit(
            Batches(), epochs: 4, verbose: 0, stepsPerEpoch: stepsPerEpoch,
            callbacks: [new ReduceLROnPlateau("loss", patience: 1), new BackupAndRestore(backup, saveFreq: 1)]);
        return [.. history["loss"], .. history["mae"], .. model.GetWeights().SelectMany(w => w.ToArray()).Select(number => (double)number)];
    }

    private static IEnumerable<Batch> Batches()
    {
        var random = new RandomStream(9, RandomPurpose.Initialization);
        for (int batch = 0; batch < 5; batch++)
        {
            float[,] x = new float[6, 2];
            float[,] y = new float[6, 1];
            for (int row = 0; row < 6; row++)
            {
                (x[row, 0], x[row, 1], y[row, 0]) = ((float)random.NextNormal(), (float)random.NextNormal(), (float)random.NextDouble());
            }

            yield return new Batch(x, y);
        }
    }
}
