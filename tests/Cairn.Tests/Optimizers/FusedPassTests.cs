using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Optimizers;

public sealed class FusedPassTests
{
    public static TheoryData<string> Optimizers => [.. Makers.Keys];

    private static readonly Dictionary<string, Func<Optimizer>> Makers = new()
    {
        ["sgd"] = () => new SGD(0.1),
        ["momentum"] = () => new SGD(0.1, momentum: 0.9),
        ["nesterov"] = () => new SGD(0.1, momentum: 0.9, nesterov: true),
        ["adam"] = () => new Adam(0.01),
        ["amsgrad"] = () => new Adam(0.01, amsgrad: true),
        ["adamw"] = () => new AdamW(0.01, weightDecay: 0.1),
        ["rmsprop"] = () => new RMSprop(0.01),
        ["rmsprop centered with momentum"] = () => new RMSprop(0.01, momentum: 0.5, centered: true),
        ["adamax"] = () => new Adamax(0.01),
        ["nadam"] = () => new Nadam(0.01),
        ["adagrad"] = () => new Adagrad(0.1),
        ["adadelta"] = () => new Adadelta(1, weightDecay: 0.01),
        ["lion"] = () => new Lion(0.01),
        ["ftrl"] = () =>
            new Ftrl(0.1, l1RegularizationStrength: 0.2, l2RegularizationStrength: 0.1, l2ShrinkageRegularizationStrength: 0.05, beta: 0.1),
    };

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void The_pass_over_memory_and_the_tensor_operations_compute_the_same(string name)
    {
        // 19 elements: whole vectors and a remainder on every machine. A transposed weight is not contiguous and uses tensor operations.
        float[] fused = Train(Makers[name](), transposed: false, [1, 19]);
        float[] operations = Train(Makers[name](), transposed: true, [1, 19]);
        for (int i = 0; i < fused.Length; i++)
        {
            Assert.Equal(operations[i], fused[i], 1e-6f * Math.Max(1, Math.Abs(fused[i])));
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Large_variables_give_the_same_bits_on_several_threads_as_small_ones_on_one(string name)
    {
        // The first 300 elements of a variable that is split over threads must equal those of a variable with 300 elements.
        float[] large = Train(Makers[name](), transposed: false, [1, 400_000]);
        float[] small = Train(Makers[name](), transposed: false, [1, 300]);
        Assert.Equal(small, large[..300]);
    }

    private static float[] Train(Optimizer optimizer, bool transposed, long[] shape)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor start = arange(shape[1], ScalarType.Float32).mul(0.37f).sin().reshape(shape);
        if (transposed)
        {
            // Two columns of storage under one row: the same numbers at a stride of 2.
            Tensor wide = stack([start, start], -1);
            start = wide.select(-1, 0);
        }

        using var variable = new Variable("kernel", start.requires_grad_(true), trainable: true);
        optimizer.Build([variable]);
        for (int step = 0; step < 5; step++)
        {
            Tensor target = arange(shape[1], ScalarType.Float32).mul(0.11f * (step + 1)).cos().reshape(shape);
            (variable.Value - target).square().sum().backward();
            optimizer.Apply();
        }

        return variable.Value.detach().contiguous().data<float>().ToArray();
    }
}
