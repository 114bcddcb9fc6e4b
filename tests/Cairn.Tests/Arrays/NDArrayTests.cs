using TorchSharp;

namespace Cairn.Tests;

public sealed class NDArrayTests
{
    [Fact]
    public void Arrays_of_every_rank_keep_their_shape_and_order()
    {
        Check(new float[] { 1, 2, 3 }, [3], [1, 2, 3]);
        Check(new float[,] { { 1, 2 }, { 3, 4 } }, [2, 2], [1, 2, 3, 4]);
        Check(new[] { new[] { 1f, 2 }, [3, 4], [5, 6] }, [3, 2], [1, 2, 3, 4, 5, 6]);
        Check(new float[,,,] { { { { 1 }, { 2 } } } }, [1, 1, 2, 1], [1, 2]);
        Check(new double[,] { { 0.5, 0.25 } }, [1, 2], [0.5f, 0.25f]);
        Check(new byte[] { 0, 255 }, [2], [0, 255]);
        Check(new[] { true, false }, [2], [1, 0]);
        Check(NDArray.From(new[] { 1f, 2, 3, 4 }.AsMemory(1, 2), [1, 2]), [1, 2], [2, 3]);
    }

    [Fact]
    public void A_tensor_is_read_through_its_strides()
    {
        using torch.Tensor tensor = torch.arange(6, torch.ScalarType.Float32).reshape(2, 3).t();
        Check(tensor, [3, 2], [0, 3, 1, 4, 2, 5]);
    }

    [Fact]
    public void Floating_point_numbers_become_float32_and_integers_int64()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Assert.Equal(torch.ScalarType.Float32, ((NDArray)new[] { 1.5 }).ToTensor().dtype);
        Assert.Equal(torch.ScalarType.Int64, ((NDArray)new[] { 7 }).ToTensor().dtype);
        Assert.Equal([7L, -1], ((NDArray)new[] { 7, -1 }).ToTensor().data<long>().ToArray());
        Assert.Equal(torch.ScalarType.Int64, ((NDArray)torch.ones(2, torch.ScalarType.Int16)).ToTensor().dtype);
    }

    [Fact]
    public void Elements_are_found_by_their_indices()
    {
        NDArray array = new int[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        Assert.Equal(6, array[1, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => array[2, 0]);
        Assert.Contains("needs 2 indices", Assert.Throws<ArgumentException>(() => array[1]).Message);
        Assert.Equal(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }, array.ToArray2D());
    }

    [Fact]
    public void Arguments_that_are_not_numeric_arrays_are_named()
    {
        Assert.Contains("row 1 has 1", Assert.Throws<ArgumentException>(() => (NDArray)new[] { new[] { 1f, 2 }, [3] }).Message);
        Assert.Contains("Decimal", Assert.Throws<ArgumentException>(() => NDArray.From(new[] { 1m })).Message);
        Assert.Contains("(2, 2), which has 4", Assert.Throws<ArgumentException>(() => NDArray.From(new float[3], [2, 2])).Message);
        Assert.Throws<ArgumentException>(() => Shape.Create([2, -5]));
    }

    [Fact]
    public void A_shape_prints_as_a_tuple_of_Python()
    {
        Assert.Equal("(None, 64)", Shape.Create([Shape.None, 64]).ToString());
        Assert.Equal("(10,)", Shape.Create([10]).ToString());
        Assert.Equal("()", Shape.Create([]).ToString());
    }

    private static void Check(NDArray array, Shape shape, float[] numbers)
    {
        Assert.Equal(shape, array.Shape);
        Assert.Equal(numbers, array.ToArray());
        using var tensor = array.ToTensor();
        Assert.Equal(shape, (Shape)tensor.shape);
        Assert.Equal(numbers, tensor.to(torch.ScalarType.Float32).data<float>().ToArray());
    }
}
