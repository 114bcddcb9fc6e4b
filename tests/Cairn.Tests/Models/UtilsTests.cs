namespace Cairn.Tests;

/// <summary>Functions of <c>keras.utils</c>; expected arrays are those of Keras 3.16.</summary>
public sealed class UtilsTests
{
    [Fact]
    public void ToCategorical_makes_one_hot_rows()
    {
        NDArray rows = Utils.ToCategorical(new[] { 0, 2, 1 });

        Assert.Equal([3, 3], rows.Shape.ToArray());
        Assert.Equal([1f, 0, 0, 0, 0, 1, 0, 1, 0], rows.ToArray());
        Assert.Equal([2, 5], Utils.ToCategorical(new[,] { { 1 }, { 4 } }).Shape.ToArray());
        Assert.Equal([1, 2, 4], Utils.ToCategorical(new[,] { { 1, 3 } }).Shape.ToArray());
        Assert.Equal([1, 7], Utils.ToCategorical(new[] { 1f }, numClasses: 7).Shape.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Utils.ToCategorical(new[] { 3 }, numClasses: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Utils.ToCategorical(new[] { -1, 2 }));
        Assert.Throws<ArgumentException>(() => Utils.ToCategorical(Array.Empty<int>()));
    }

    [Fact]
    public void Normalize_divides_by_the_norm_of_an_axis()
    {
        NDArray x = new float[,] { { 3, 4 }, { 0, 0 }, { -1, 1 } };

        Assert.Equal([0.6f, 0.8f, 0, 0, -MathF.Sqrt(0.5f), MathF.Sqrt(0.5f)], Utils.Normalize(x).ToArray(), Close);
        Assert.Equal([3 / 7f, 4 / 7f, 0, 0, -0.5f, 0.5f], Utils.Normalize(x, order: 1).ToArray(), Close);
        Assert.Equal([3 / MathF.Sqrt(10), 4 / MathF.Sqrt(17), 0, 0, -1 / MathF.Sqrt(10), 1 / MathF.Sqrt(17)],
            Utils.Normalize(x, axis: 0).ToArray(), Close);
        Assert.Throws<ArgumentOutOfRangeException>(() => Utils.Normalize(x, axis: 2));

        static bool Close(float a, float b) => MathF.Abs(a - b) < 1e-6f;
    }

    [Fact]
    public void PadSequences_pads_and_cuts_at_either_end()
    {
        int[][] sequences = [[1], [2, 3], [4, 5, 6]];

        Assert.Equal([0, 0, 1, 0, 2, 3, 4, 5, 6], Utils.PadSequences(sequences).ToArray<int>());
        Assert.Equal([-1, -1, 1, -1, 2, 3, 4, 5, 6], Utils.PadSequences(sequences, value: -1).ToArray<int>());
        Assert.Equal([1, 0, 0, 2, 3, 0, 4, 5, 6], Utils.PadSequences(sequences, padding: "post").ToArray<int>());
        Assert.Equal([0, 1, 2, 3, 5, 6], Utils.PadSequences(sequences, maxLen: 2).ToArray<int>());
        Assert.Equal([0, 1, 2, 3, 4, 5], Utils.PadSequences(sequences, maxLen: 2, truncating: "post").ToArray<int>());
        Assert.Equal([3, 3], Utils.PadSequences(new List<List<float>> { new() { 1 }, new(), new() { 1, 2, 3 } }).Shape.ToArray());
        Assert.Contains("\"pre\" or \"post\"", Assert.Throws<ArgumentException>(
            () => Utils.PadSequences(sequences, padding: "before")).Message, StringComparison.Ordinal);
    }
}
