using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Parts of arrays, and their numbers in other types; the expected parts are NumPy's.</summary>
public sealed class NDArrayPartsTests
{
    private static readonly NDArray A = NDArray.From(Enumerable.Range(0, 24).Select(i => (float)i).ToArray(), [2, 3, 4]);

    [Fact]
    public void Ranges_and_indices_take_parts_as_in_NumPy()
    {
        AssertPart([1, 3, 4], Enumerable.Range(12, 12), A[1..]);
        AssertPart([3, 4], Enumerable.Range(12, 12), A[^1]);
        AssertPart([2, 3], [0, 4, 8, 12, 16, 20], A[.., .., 0]);
        AssertPart([2, 3], [3, 7, 11, 15, 19, 23], A[Slice.Ellipsis, ^1]);
        AssertPart([2, 2, 2], [5, 6, 9, 10, 17, 18, 21, 22], A[.., 1.., 1..3]);
        AssertPart([4], [8, 9, 10, 11], A[0, 2, ..]);
        AssertPart([2, 1, 3, 4], Enumerable.Range(0, 24), A[.., Slice.NewAxis]);
        AssertPart([2], [22, 20], A[1, 2, Slice.Of(2, null, -2)]);
        AssertPart([0, 3, 4], [], A[2..]);
        AssertPart([2, 3, 4], Enumerable.Range(0, 24), A[..10]);
    }

    [Fact]
    public void Parts_keep_the_type_of_the_numbers()
    {
        NDArray whole = new[,] { { 1, 2 }, { 3, 4 } };
        NDArray halves = new[] { (Half)1, (Half)2 };
        NDArray words = new[] { "a", "b", "c" };
        using Tensor numbers = tensor(new long[] { 5, 6, 7 });

        Assert.Equal((ScalarType.Int32, 3.0), (whole[1..].DType, whole[1..][0, 0]));
        Assert.Equal(ScalarType.Float16, halves[1..].DType);
        Assert.Equal(["b", "c"], words[1..].ToStrings());
        Assert.Equal([6L, 7L], ((NDArray)numbers)[1..].ToArray<long>());
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => A[.., 3]);
        Assert.Contains("4 slices", Assert.Throws<ArgumentException>(() => A[.., .., .., ..]).Message, StringComparison.Ordinal);
        Assert.Contains("a[0, ..]", Assert.Throws<ArgumentException>(() => A[0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_convert_to_other_types()
    {
        NDArray numbers = new[] { 0, 1.9f, -2.9f };

        Assert.Equal([0, 1, -2], numbers.ToArray<int>());
        Assert.Equal([0, 1.9f, -2.9f], numbers.ToArray<double>().Select(d => (float)d));
        Assert.Equal([false, true, true], numbers.ToArray<bool>());
        Assert.Equal([(byte)1, (byte)0], ((NDArray)new[] { true, false }).ToArray<byte>());
        Assert.Equal([7L], ((NDArray)new short[] { 7 }).ToArray<long>());
        Assert.Throws<NotSupportedException>(() => numbers.ToArray<char>());
        Assert.Throws<InvalidOperationException>(() => ((NDArray)new[] { "a" }).ToArray<int>());
    }

    [Fact]
    public void A_span_sees_the_numbers_where_they_are()
    {
        float[] data = [1, 2, 3];
        ReadOnlySpan<float> span = ((NDArray)data).AsSpan<float>();
        data[1] = 5;
        Assert.Equal(5, span[1]);

        using Tensor numbers = tensor(new long[] { 5, 6 });
        Assert.Equal(6, ((NDArray)numbers).AsSpan<long>()[1]);
        Assert.Contains("ToArray<Int32>", Assert.Throws<InvalidOperationException>(() => ((NDArray)data).AsSpan<int>().Length).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_be_enumerated_by_number_and_by_row()
    {
        Assert.Equal(276, A.Sum());
        Assert.Equal([23f], A.Where(number => number > 22));
        Assert.Equal([66, 210], A.Rows().Select(row => row.Sum()));
        Assert.Equal([3, 4], A.Rows().First().Shape.ToArray());
    }

    private static void AssertPart(long[] shape, IEnumerable<int> numbers, NDArray part)
    {
        Assert.Equal(shape, part.Shape.ToArray());
        Assert.Equal(numbers, part.ToArray<int>());
    }
}
