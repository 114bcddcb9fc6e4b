using Cairn.Layers;
using Cairn.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Regularizers;

public sealed class PenaltyPassTests
{
    [Theory]
    [InlineData("l1", 5)]
    [InlineData("l2", 5)]
    [InlineData("l1_l2", 1_000)]
    [InlineData("l2", 300_001)]
    public void The_penalty_and_its_gradient_are_those_of_autograd(string kind, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = randn(length);
        values[0] = 0;
        using Variable one = With(values, kind), other = With(values, kind);
        Tensor before = randn(length);
        one.Stored.grad = before.clone();
        Assert.True(PenaltyPass.CanRun(one));
        float penalty = PenaltyPass.Run(one);

        Tensor expected = other.Regularizer!.Penalty(other.Stored);
        other.Stored.grad = before.clone();
        expected.backward();
        Assert.Equal(expected.item<float>(), penalty, 1e-5f * expected.item<float>());
        if (kind == "l1_l2")
        {
            // Autograd may add the two terms first.
            Assert.True(allclose(other.Stored.grad!, one.Stored.grad!, rtol: 1e-6, atol: 1e-7));
        }
        else
        {
            Assert.Equal(other.Stored.grad!.data<float>().ToArray(), one.Stored.grad!.data<float>().ToArray());
        }
    }

    [Fact]
    public void A_weight_without_a_gradient_gets_that_of_the_penalty()
    {
        using Variable one = With(tensor(new float[] { 1, -2, 0 }), "l1_l2");
        float penalty = PenaltyPass.Run(one);

        // 0.01 · (1 + 2) + 0.01 · (1 + 4); sign · 0.01 + 2 · 0.01 · x.
        Assert.Equal(0.08f, penalty, 1e-7f);
        Assert.Equal([0.03f, -0.05f, 0f], one.Stored.grad!.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-7f);
    }

    [Fact]
    public void Other_penalties_are_left_to_autograd()
    {
        using Variable one = With(ones(2, 2), "orthogonal_regularizer");
        Assert.False(PenaltyPass.CanRun(one));
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("sparse_categorical_crossentropy")]
    public void The_loss_of_a_step_includes_the_penalty(string loss)
    {
        using var model = new Sequential([new Input([3]), new Dense(2, "softmax", kernelRegularizer: new L2(0.1)),
            new Dense(2, "softmax", kernelRegularizer: "l1")], seed: 1);
        model.Compile("sgd", loss);
        float[,] x = { { 1, 2, 3 }, { 3, 2, 1 } };
        NDArray y = loss == "mse" ? new float[,] { { 1, 0 }, { 0, 1 } } : new[] { 0, 1 };
        double expected = model.Evaluate(x, y, verbose: 0)["loss"];
        Assert.Equal(expected, model.TrainOnBatch(x, y)["loss"], 1e-6);
    }

    private static Variable With(Tensor values, Regularizer regularizer) =>
        new(NDArray.From(values.data<float>().ToArray(), values.shape), "w") { Regularizer = regularizer };
}
