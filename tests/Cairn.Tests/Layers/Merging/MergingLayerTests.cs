using Cairn.Layers;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Merging layers: values computed by hand, shapes, masks, configurations, gradients.</summary>
public sealed class MergingLayerTests
{
    private static readonly float[,] A = { { 1, 5 }, { -2, 0 } };
    private static readonly float[,] B = { { 3, 2 }, { 4, -6 } };

    public static TheoryData<MultiInputLayer, float[]> Results => new()
    {
        { new Add(), [4, 7, 2, -6] },
        { new Subtract(), [-2, 3, -6, 6] },
        { new Multiply(), [3, 10, -8, 0] },
        { new Average(), [2, 3.5f, 1, -3] },
        { new Maximum(), [3, 5, 4, 0] },
        { new Minimum(), [1, 2, -2, -6] },
        { new Concatenate(), [1, 5, 3, 2, -2, 0, 4, -6] },
        { new Dot(1), [13, -8] },
        { new Dot(-1, normalize: true), [13 / MathF.Sqrt(26 * 13), -8 / MathF.Sqrt(4 * 52)] },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public void Two_inputs_become_one(MultiInputLayer layer, float[] expected)
    {
        Tolerance.Near(expected, Run(layer, tensor(A), tensor(B)).Numbers, 1e-6, "number");
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void The_gradients_are_those_of_small_differences(MultiInputLayer layer, float[] expected)
    {
        // Sum of the outputs times 1, 2, 3, …; central differences of 0.01 on numbers of this size are exact to about 1e-3.
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: true, 0, CPU);
        Tensor weights = arange(1, expected.Length + 1, ScalarType.Float32);
        Tensor Price(Tensor a, Tensor b) => layer.Apply([a, b], context)[0].flatten().mul(weights).sum();
        Tensor a = tensor(A).requires_grad_();
        Price(a, tensor(B)).backward();
        for (int i = 0; i < 4; i++)
        {
            Tensor step = zeros(4).index_put_(tensor(0.01f), tensor(i)).reshape(2, 2);
            float slope =
                (Price(a.detach().add(step), tensor(B)).item<float>() - Price(a.detach().sub(step), tensor(B)).item<float>()) / 0.02f;
            Assert.Equal(slope, a.grad!.flatten()[i].item<float>(), 5e-3f);
        }
    }

    [Theory]
    [MemberData(nameof(Results))]
    public void The_configuration_survives_a_round_trip(MultiInputLayer layer, float[] expected)
    {
        Layer again = LayerRegistry.Deserialize(
            Cairn.Saving.KerasObject.Wrap("keras.layers", layer.ClassName, layer.GetConfig()), "layer");

        Assert.Equal(layer.GetType(), again.GetType());
        Assert.Equal(layer.GetConfig().ToJsonString(), again.GetConfig().ToJsonString());
        Tolerance.Near(expected, Run((MultiInputLayer)again, tensor(A), tensor(B)).Numbers, 1e-6, "number");
    }

    [Fact]
    public void Three_inputs_become_one()
    {
        Tensor[] x = [tensor(new float[,] { { 1, 2 } }), tensor(new float[,] { { 3, 4 } }), tensor(new float[,] { { 5, -6 } })];
        Assert.Equal([9f, 0], Run(new Add(), x).Numbers);
        Assert.Equal([3f, 0], Run(new Average(), x).Numbers);
        Assert.Equal([5f, 4], Run(new Maximum(), x).Numbers);
        Assert.Equal([15f, -48], Run(new Multiply(), x).Numbers);
        Assert.Equal([1f, 2, 3, 4, 5, -6], Run(new Concatenate(), x).Numbers);
    }

    [Fact]
    public void Axes_of_size_1_are_broadcast_and_missing_ones_are_added_after_the_batch_axis()
    {
        // [2, 1, 2] + [2, 3, 1], and [2, 2] + [2, 3, 2] where the first becomes [2, 1, 2].
        (float[] numbers, long[] shape) =
            Run(new Add(), arange(4, ScalarType.Float32).reshape(2, 1, 2), arange(6, ScalarType.Float32).reshape(2, 3, 1));
        Assert.Equal([2, 3, 2], shape);
        Assert.Equal([0f, 1, 1, 2, 2, 3, 5, 6, 6, 7, 7, 8], numbers);
        (numbers, shape) = Run(new Add(), arange(4, ScalarType.Float32).reshape(2, 2), zeros(2, 3, 2));
        Assert.Equal([2, 3, 2], shape);
        Assert.Equal([0f, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3], numbers);
    }

    [Theory]
    [InlineData("[-1,4,1]|[-1,1,5]", "(None, 4, 5)")]
    [InlineData("[-1,5]|[-1,4,5]", "(None, 4, 5)")]
    [InlineData("[-1,-1,5]|[8,4,5]", "(8, None, 5)")]
    [InlineData("[-1,4]|[-1,5]", null)]
    [InlineData("[3,4]|[2,4]", null)]
    public void The_shape_of_merged_inputs_follows_Keras_rules(string shapes, string? expected)
    {
        Shape[] given = [.. shapes.Split('|').Select(s => (Shape)System.Text.Json.JsonSerializer.Deserialize<long[]>(s)!)];
        if (expected is not null)
        {
            Assert.Equal(expected, new Add().ComputeOutputShapes(given)[0].ToString());
        }
        else
        {
            Assert.Contains("Add 'sum' takes inputs with broadcastable shapes",
                Assert.Throws<ArgumentException>(() => new Add("sum").ComputeOutputShapes(given)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Inputs_that_do_not_go_together_are_refused()
    {
        KerasTensor a = new Input([4]);
        KerasTensor b = new Input([2, 4]);
        Assert.Contains("exactly 2 inputs", Assert.Throws<ArgumentException>(() => new Subtract().Apply(a, a, a)).Message,
            StringComparison.Ordinal);
        Assert.Contains("agree in all axes but axis -1", Assert.Throws<ArgumentException>(() => new Concatenate().Apply(a, b)).Message,
            StringComparison.Ordinal);
        Assert.Contains("an axis 2", Assert.Throws<ArgumentException>(() => new Concatenate(2).Apply(a, a)).Message,
            StringComparison.Ordinal);
        Assert.Contains("exactly 2 inputs", Assert.Throws<ArgumentException>(() => new Dot(1).Apply(a, a, a)).Message,
            StringComparison.Ordinal);
        Assert.Contains("the same size along the axes [1, 1]", Assert.Throws<ArgumentException>(() => new Dot([1, 1]).Apply(a, b)).Message,
            StringComparison.Ordinal);
        Assert.Contains("not the batch axis 0", Assert.Throws<ArgumentException>(() => new Dot(0)).Message, StringComparison.Ordinal);
        Assert.Contains("none of them the batch axis", Assert.Throws<ArgumentException>(() => new Dot(-2).Apply(a, a)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Concatenate_works_along_any_axis()
    {
        (float[] numbers, long[] shape) =
            Run(new Concatenate(1), arange(4, ScalarType.Float32).reshape(1, 2, 2), arange(4, 6, ScalarType.Float32).reshape(1, 1, 2));
        Assert.Equal([1, 3, 2], shape);
        Assert.Equal([0f, 1, 2, 3, 4, 5], numbers);
        Assert.Equal([-1, -1, 2], new Concatenate(-2).ComputeOutputShapes([[-1, 3, 2], [-1, -1, 2]])[0]);
    }

    [Fact]
    public void Dot_sums_over_one_axis_of_each_and_keeps_the_others()
    {
        // [1, 2, 3] · [1, 3, 2] along the axes of size 3 is the product of matrices; along the axes of size 2, that of their transposes.
        Tensor a = arange(6, ScalarType.Float32).reshape(1, 2, 3);
        Tensor b = arange(6, ScalarType.Float32).reshape(1, 3, 2);
        Assert.Equal([10f, 13, 28, 40], Run(new Dot([2, 1]), a, b).Numbers);
        Assert.Equal([1, 3, 3], Run(new Dot([1, 2]), a, b).Shape);
        Assert.Equal([3f, 9, 15, 4, 14, 24, 5, 19, 33], Run(new Dot([1, 2]), a, b).Numbers);
        Assert.Equal([1, 2], Run(new Dot([2, 1]), a, b.narrow(2, 0, 1).squeeze(2)).Shape);
        Assert.Equal([1, 4, 5, 6], Run(new Dot([2, 1]), ones(1, 4, 3), ones(1, 3, 5, 6)).Shape);
    }

    [Fact]
    public void Masks_are_combined_by_or_and_only_if_all_inputs_have_one()
    {
        Assert.Equal([true, true, false], MaskAfter(new Add(), [true, false, false], [false, true, false])!);
        Assert.Null(MaskAfter(new Add(), [true, false, false], null));
        Assert.Equal([true, false, true], MaskAfter(new Concatenate(), [true, false, false], [false, false, true])!);
        Assert.Equal([true, true, true], MaskAfter(new Concatenate(), [true, false, false], null)!);
        Assert.Equal([true, false, false, false, true, true], MaskAfter(new Concatenate(1), [true, false, false], [false, true, true])!);
        Assert.Null(MaskAfter(new Dot([2, 2]), [true, false, false], [true, true, false]));
    }

    [Fact]
    public void Masked_positions_do_not_count_in_products_and_extremes()
    {
        // Mask by step: both true, only the first, only the second, none. The inputs are 2 and 3.
        bool[] first = [true, true, false, false];
        bool[] second = [true, false, true, false];
        Assert.Equal([6f, 2, 3, 0], Masked(new Multiply(), first, second));
        Assert.Equal([3f, 2, 3, 2], Masked(new Maximum(), first, second)); // where both are masked, the first one's
        Assert.Equal([2f, 2, 3, 2], Masked(new Minimum(), first, second));
        Assert.Equal([5f, 5, 5, 5], Masked(new Add(), first, second));
    }

    private static (float[] Numbers, long[] Shape) Run(MultiInputLayer layer, params Tensor[] inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);
        Tensor y = layer.Apply(inputs, context)[0];
        Assert.True(layer.ComputeOutputShapes([.. inputs.Select(x => (Shape)x.shape)])[0].Equals(y.shape),
            $"{layer.ClassName} announced another shape than {(Shape)y.shape}");
        return (y.contiguous().data<float>().ToArray(), y.shape);
    }

    private static bool[]? MaskAfter(MultiInputLayer layer, bool[]? first, bool[]? second)
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);
        Tensor[] x = [ones(1, 3, 2), ones(1, 3, 2)];
        if (first is not null)
        {
            context.SetMask(x[0], tensor(first).reshape(1, -1));
        }

        if (second is not null)
        {
            context.SetMask(x[1], tensor(second).reshape(1, -1));
        }

        return context.MaskOf(layer.Apply(x, context)[0])?.contiguous().data<bool>().ToArray();
    }

    private static float[] Masked(MultiInputLayer layer, bool[] first, bool[] second)
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);
        Tensor[] x = [full(1, 4, 1, 2f), full(1, 4, 1, 3f)];
        context.SetMask(x[0], tensor(first).reshape(1, -1));
        context.SetMask(x[1], tensor(second).reshape(1, -1));
        return layer.Apply(x, context)[0].contiguous().data<float>().ToArray();
    }
}
