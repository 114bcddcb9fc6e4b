using Cairn.Initializers;
using Cairn.Training;

namespace Cairn.Tests.Initializers;

public sealed class OrthogonalTests
{
    [Theory]
    [InlineData(6, 6), InlineData(5, 20), InlineData(20, 5), InlineData(1, 3), InlineData(3, 1)]
    public void Rows_or_columns_are_orthogonal_with_norms_equal_to_the_gain(int rows, int columns)
    {
        float[] matrix = Fill(new Orthogonal(gain: 2), [rows, columns], 1);
        bool tall = rows >= columns;
        int count = Math.Min(rows, columns);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double product = Enumerable.Range(0, Math.Max(rows, columns))
                    .Sum(k => (double)(tall ? matrix[(k * columns) + i] * matrix[(k * columns) + j]
                    : matrix[(i * columns) + k] * matrix[(j * columns) + k]));
                Assert.Equal(i == j ? 4 : 0, product, 1e-5);
            }
        }
    }

    [Fact]
    public void All_axes_but_the_last_make_up_the_rows() =>
    Assert.Equal(Fill(new Orthogonal(), [6, 4], 3), Fill(new Orthogonal(), [2, 3, 4], 3));

    [Fact]
    public void The_matrices_are_uniformly_distributed()
    {
        // An entry of a random orthogonal 4 × 4 matrix has the mean 0 and the mean square 1/4; its square has the variance 3/24 - 1/16 =
        // 1/16. Over 4,000 draws the deviations of the two means are 0.5/63 = 0.008 and 0.25/63 = 0.004: four of them.
        float[] first = [.. Enumerable.Range(0, 4000).Select(seed => Fill(new Orthogonal(), [4, 4], (ulong)seed)[0])];
        Assert.Equal(0, first.Average(v => (double)v), 0.032);
        Assert.Equal(0.25, first.Average(v => (double)v * v), 0.016);
    }

    [Fact]
    public void A_vector_is_refused() =>
    Assert.Contains("(3,)", Assert.Throws<ArgumentException>(() => Fill(new Orthogonal(), [3], 1)).Message);

    private static float[] Fill(Initializer initializer, Shape shape, ulong seed)
    {
        float[] values = new float[shape.ElementCount];
        initializer.Fill(values, shape, new RandomStream(seed, RandomPurpose.Initialization));
        return values;
    }
}
