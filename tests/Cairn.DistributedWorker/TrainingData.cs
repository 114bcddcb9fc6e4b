namespace Cairn.DistributedWorker;

/// <summary>Numbers that are the same in every process.</summary>
public static class TrainingData
{
    /// <summary>Normally distributed inputs and a smooth function of them.</summary>
    public static (NDArray X, NDArray Y) Regression(int rows, int columns, int seed = 3)
    {
        var random = new Random(seed);
        float[] x = new float[rows * columns];
        float[] y = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                float number = (float)((random.NextDouble() * 4) - 2);
                x[(row * columns) + column] = number;
                y[row] += column % 2 == 0 ? MathF.Sin(number) : number * 0.3f;
            }
        }

        return (NDArray.From(x, [rows, columns]), NDArray.From(y, [rows, 1]));
    }

    /// <summary>The same inputs; the class is where the function is positive.</summary>
    public static (NDArray X, NDArray Y) Classes(int rows, int columns, int seed = 3)
    {
        (NDArray x, NDArray y) = Regression(rows, columns, seed);
        return (x, NDArray.From([.. y.ToArray().Select(number => number > 0 ? 1f : 0f)], [rows, 1]));
    }

    /// <summary>Positive weights of samples.</summary>
    public static NDArray Weights(int rows) => NDArray.From([.. Enumerable.Range(0, rows).Select(row => 0.5f + (row % 5))], [rows]);

    /// <summary>Sequences of words from 1 to 9 with zeros after a varying number of them.</summary>
    public static NDArray Words(int rows, int steps)
    {
        var random = new Random(11);
        return NDArray.From(
            [.. Enumerable.Range(0, rows).SelectMany(row => Enumerable.Range(0, steps)
                .Select(step => step <= row % steps ? (float)random.Next(1, 10) : 0))],
            [rows, steps]);
    }
}
