using Cairn.Data;
using Cairn.Layers;

namespace Cairn.Tests.Data;

/// <summary>Small data and a model for them, always the same.</summary>
internal static class SmallData
{
    public const int Count = 23;
    public const int BatchSize = 5;

    public static float[,] X { get; } = Numbers();

    public static int[] Y { get; } = [.. Enumerable.Range(0, Count).Select(i => i % 3)];

    public static float[] Weight { get; } = [.. Enumerable.Range(0, Count).Select(i => 0.5f + (i % 4))];

    public static Sequential Model(double learningRate = 0.1)
    {
        var model = new Sequential(
            [new Input([4]), new Dense(6, activation: "tanh"), new Dropout(0.2), new Dense(3, activation: "softmax")], seed: 11);
        model.Compile(new Cairn.Optimizers.Adam(learningRate), "sparse_categorical_crossentropy", ["accuracy"], ["accuracy"]);
        model.Output = TextWriter.Null;
        return model;
    }

    public static IEnumerable<Batch> Batches(bool weighted = false)
    {
        for (int start = 0; start < Count; start += BatchSize)
        {
            int count = Math.Min(BatchSize, Count - start);
            float[,] x = new float[count, 4];
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < 4; j++)
                {
                    x[i, j] = X[start + i, j];
                }
            }

            yield return new Batch(x, Y[start..(start + count)], weighted ? Weight[start..(start + count)] : null);
        }
    }

    private static float[,] Numbers()
    {
        var random = new Random(3);
        float[,] x = new float[Count, 4];
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                x[i, j] = (float)random.NextDouble() - 0.5f;
            }
        }

        return x;
    }
}
