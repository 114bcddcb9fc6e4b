using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.HandWritten;

/// <summary>Optimizers that are given gradients.</summary>
public sealed class ApplyTests
{
    [Fact]
    public void Gradients_change_the_variables_they_are_for_and_no_others()
    {
        using DisposeScope scope = NewDisposeScope();
        using Dense layer = Layer();
        using var optimizer = new SGD(0.5);

        optimizer.Apply([null, ones(1)], layer.TrainableWeights);
        Assert.Equal([1f, 1f, -0.5f], Numbers(layer));
        Assert.Equal(1, optimizer.Iterations);

        optimizer.Apply([ones(2, 1)], [layer.TrainableWeights[0]]);
        Assert.Equal([0.5f, 0.5f, -0.5f], Numbers(layer));

        optimizer.ApplyGradients(new Tensor?[] { ones(2, 1), ones(1) }.Zip(layer.TrainableWeights));
        optimizer.Apply([ones(2, 1), ones(1)]);
        Assert.Equal([-0.5f, -0.5f, -1.5f], Numbers(layer));
    }

    [Fact]
    public void One_optimizer_serves_several_models_with_state_for_each()
    {
        using DisposeScope scope = NewDisposeScope();
        using Dense one = Layer(), other = Layer();
        using var shared = new SGD(0.1, momentum: 0.9);
        for (int step = 0; step < 3; step++)
        {
            shared.Apply([ones(2, 1), ones(1)], one.TrainableWeights);
        }

        for (int step = 0; step < 3; step++)
        {
            shared.Apply([ones(2, 1), ones(1)], other.TrainableWeights);
        }

        Assert.Equal(Numbers(one), Numbers(other));
        Assert.Equal(6, shared.Iterations);
    }

    [Fact]
    public void The_gradients_stay_as_they_were_and_those_of_backward_wait()
    {
        using DisposeScope scope = NewDisposeScope();
        using Dense layer = Layer();
        using var optimizer = new SGD(1.0, clipNorm: 0.1);
        Tensor gradient = ones(2, 1);
        layer.Call(ones(1, 2)).sum().backward();

        optimizer.Apply([gradient], [layer.TrainableWeights[0]]);

        Assert.Equal([1f, 1f], gradient.data<float>());
        Assert.Equal(1, layer.TrainableWeights[1].Value.grad!.item<float>());
        Assert.Null(layer.TrainableWeights[0].Value.grad);
    }

    [Fact]
    public void A_scaled_loss_gives_the_same_step()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(Trained(new Adam(0.1)), Trained(new LossScaleOptimizer(new Adam(0.1), initialScale: 1024)));

        static float[] Trained(Optimizer optimizer)
        {
            using Dense layer = Layer();
            using (optimizer)
            {
                using var tape = new GradientTape();
                Tensor loss = optimizer.ScaleLoss(layer.Call(ones(1, 2)).square().sum());
                optimizer.Apply(tape.Gradient(loss, layer.TrainableWeights), layer.TrainableWeights);
                return Numbers(layer);
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_changes_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Dense layer = Layer();
        using var optimizer = new SGD(0.5);
        IReadOnlyList<Variable> weights = layer.TrainableWeights;

        Assert.Contains(
            "Got 1 gradients for 2",
            Assert.Throws<ArgumentException>(() => optimizer.Apply([ones(2, 1)], weights)).Message);
        Assert.Contains("dense/bias", Assert.Throws<ArgumentException>(() => optimizer.Apply([ones(2, 1), ones(2)], weights)).Message);
        Assert.Contains(
            "No variable has a gradient",
            Assert.Throws<ArgumentException>(() => optimizer.Apply([null, null], weights)).Message);
        Assert.Contains(
            "twice",
            Assert.Throws<ArgumentException>(() => optimizer.Apply([ones(1), ones(1)], [weights[1], weights[1]])).Message);
        Assert.Equal([1f, 1f, 0f], Numbers(layer));
    }

    private static Dense Layer()
    {
        var layer = new Dense(1, kernelInitializer: "ones");
        layer.Build([Shape.None, 2]);
        return layer;
    }

    private static float[] Numbers(Layer layer) => [.. layer.GetWeights().SelectMany(w => w.ToArray())];
}
