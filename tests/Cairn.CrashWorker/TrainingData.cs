using Cairn.Training;

namespace Cairn.CrashWorker;

/// <summary>Numbers that are the same in every process.</summary>
internal static class TrainingData
{
    public static (NDArray X, NDArray Y) Create(int rows, int columns)
    {
        var random = new RandomStream(3, RandomPurpose.Initialization);
        float[] x = new float[rows * columns];
        float[] y = new float[rows];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                float number = (float)random.NextNormal();
                x[(row * columns) + column] = number;
                y[row] += column % 2 == 0 ? MathF.Sin(number) : number * 0.3f;
            }

            y[row] += (float)random.NextNormal() * 0.2f;
        }

        return (NDArray.From(x, [rows, columns]), NDArray.From(y, [rows, 1]));
    }
}
