using TorchSharp;

namespace Cairn.Tests.Arrays;

public class ConversionTests
{
    private static readonly Type[] Numbers =
        [typeof(float), typeof(double), typeof(Half), typeof(long), typeof(int), typeof(short), typeof(sbyte), typeof(byte), typeof(bool)];

    [Theory]
    [InlineData(typeof(NDArray))]
    [InlineData(typeof(NDArrays))]
    public void Arrays_of_every_numeric_type_and_rank_convert_implicitly(Type target)
    {
        HashSet<Type> from = [.. target.GetMethods().Where(method => method.Name == "op_Implicit")
            .Select(method => method.GetParameters()[0].ParameterType)];
        foreach (Type number in Numbers)
        {
            Assert.All(Enumerable.Range(1, 5),
                rank => Assert.Contains(rank == 1 ? number.MakeArrayType() : number.MakeArrayType(rank), from));
            Assert.Contains(number.MakeArrayType().MakeArrayType(), from);
        }
    }

    [Fact]
    public void Small_types_keep_their_type_and_their_numbers()
    {
        NDArray pixels = new byte[,,] { { { 1, 255 }, { 0, 7 } } };
        Assert.Equal((torch.ScalarType.Byte, "(1, 2, 2)"), (pixels.DType, pixels.Shape.ToString()));
        Assert.Equal([1f, 255, 0, 7], pixels.ToArray());

        NDArray shorts = new short[,] { { -2, 300 } };
        Assert.Equal((torch.ScalarType.Int16, 300.0), (shorts.DType, shorts[0, 1]));
        NDArray halves = new Half[] { (Half)0.5, (Half)(-2) };
        Assert.Equal([0.5f, -2], halves.ToArray());
        NDArray flags = new bool[,] { { true, false } };
        Assert.Equal([1f, 0], flags.ToArray());
        NDArray whole = new int[,,] { { { 5 } }, { { -6 } } };
        Assert.Equal([5f, -6], whole.ToArray());
    }

    [Fact]
    public void Rows_keep_the_sign_of_their_bytes()
    {
        NDArray signed = new sbyte[][] { [-1, 2] };
        NDArray unsigned = new byte[][] { [255, 2] };
        Assert.Equal([-1f, 2], signed.ToArray());
        Assert.Equal([255f, 2], unsigned.ToArray());
        Assert.Equal(torch.ScalarType.Int8, NDArray.From((Array)new sbyte[][] { [-1] }).DType);
        Assert.Equal(torch.ScalarType.Byte, NDArray.From((Array)new byte[][] { [255] }).DType);
        ArgumentException deep = Assert.Throws<ArgumentException>(() => NDArray.From(new float[][][] { [[1f]] }));
        Assert.Contains("must have two levels", deep.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NDArray.From(new uint[][] { [1] }));
    }
}
