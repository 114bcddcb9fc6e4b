using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>
/// A random matrix whose rows or columns, whichever are fewer, are orthogonal with norm <c>gain</c>, so that recurrent signals neither
/// explode nor vanish (Saxe et al., 2014). Keras: <c>initializers.Orthogonal</c>.
/// </summary>
/// <remarks>
/// All axes but the last are flattened into the rows. The result is the Q of a QR decomposition of a normally distributed matrix, with R
/// having a positive diagonal, as in Keras.
/// </remarks>
/// <param name="gain">Norm of the vectors; 1 by default.</param>
/// <param name="seed">The seed, or null to derive it from the model's seed.</param>
public sealed class Orthogonal(double gain = 1, long? seed = null) : Initializer(seed)
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        if (shape.Rank < 2)
        {
            throw new ArgumentException($"Orthogonal needs a weight with 2 or more axes; the weight has the shape {shape}.", nameof(shape));
        }

        int columns = checked((int)shape[^1]);
        int rows = values.Length / Math.Max(1, columns);
        bool tall = rows >= columns;
        double[][] vectors = Draw(Math.Min(rows, columns), Math.Max(rows, columns), ref random);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                values[(row * columns) + column] = (float)(gain * (tall ? vectors[column][row] : vectors[row][column]));
            }
        }
    }

    internal override JsonObject GetConfig() => new() { ["seed"] = Seed, ["gain"] = gain };

    private static double[][] Draw(int count, int length, ref RandomStream random)
    {
        double[][] vectors = new double[count][];
        for (int i = 0; i < count; i++)
        {
            double[] vector = vectors[i] = new double[length];
            for (int k = 0; k < length; k++)
            {
                vector[k] = random.NextNormal();
            }

            // Twice, since the first pass leaves rounding errors if the remaining vector is small (Giraud, Langou and Rozloznik, 2005).
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    AddMultiple(vector, vectors[j], -Dot(vectors[j], vector));
                }
            }

            double norm = Math.Sqrt(Dot(vector, vector));
            for (int k = 0; k < length; k++)
            {
                vector[k] /= norm;
            }
        }

        return vectors;
    }

    // Four lanes on every machine, so that the order of the sum, and so the last bit, is the same everywhere.
    private static double Dot(double[] a, double[] b)
    {
        Vector256<double> sum = default;
        int k = 0;
        for (; k <= a.Length - 4; k += 4)
        {
            sum += Vector256.Create(a, k) * Vector256.Create(b, k);
        }

        double total = Vector256.Sum(sum);
        for (; k < a.Length; k++)
        {
            total += a[k] * b[k];
        }

        return total;
    }

    private static void AddMultiple(double[] target, double[] vector, double factor)
    {
        int k = 0;
        for (; k <= target.Length - 4; k += 4)
        {
            (Vector256.Create(target, k) + (Vector256.Create(vector, k) * factor)).CopyTo(target, k);
        }

        for (; k < target.Length; k++)
        {
            target[k] += vector[k] * factor;
        }
    }
}
