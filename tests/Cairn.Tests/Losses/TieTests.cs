using Cairn.Activations;
using Cairn.Layers;
using Cairn.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Losses;

/// <summary>
/// Gradients at the kinks of losses, activations and layers, as Keras computes them on PyTorch: <c>maximum</c> passes half of the gradient
/// at a tie, <c>clip</c> all of it at its bounds, <c>relu</c>, <c>hardtanh</c> and <c>where</c> nothing.
/// </summary>
public sealed class TieTests
{
    [Fact]
    public void Losses_built_on_maximum_have_half_the_gradient_at_a_tie()
    {
        // Hinge: 1 - y p = 0 at p = y; the slope -y / 2.
        Assert.Equal([-0.5f, 0.5f], Gradient("hinge", [1, -1], [1, -1], 2));
        Assert.Equal([-1f, 0f], Gradient("hinge", [1, 1], [0.5f, 2], 2));
        Assert.Equal([0f, 0f], Gradient("squared_hinge", [1, -1], [1, -1], 2)); // 2 · 0 · slope

        // Categorical hinge: max((1 - y) p) - Σ y p + 1 = 0 for p = (1, 0): slopes (-1/2, 1/2) · 1.
        // The wrong ones are amax of (0 · 1, 0): a tie that amax shares, half to each place, and the first has the factor 0.
        Assert.Equal([-0.5f, 0.25f], Gradient("categorical_hinge", [1, 0], [1, 0], 2));

        // msle: log(max(p, 1e-7) + 1)² at p = 1e-7 against y = 0.5: 2 (log(1 + 1e-7) - log 1.5) / (1 + 1e-7), half of it, over 1.
        Assert.Equal([-MathF.Log(1.5f)], Gradient("msle", [0.5f], [1e-7f], 1), (a, b) => MathF.Abs(a - b) < 1e-5f);
        Assert.Equal([0f], Gradient("mae", [0.5f], [0.5f], 1));
    }

    [Fact]
    public void Circle_has_half_the_gradient_for_equal_embeddings()
    {
        using DisposeScope scope = NewDisposeScope();
        var circle = new Circle(gamma: 1);
        float[] atTie = Gradient(circle, [0, 0, 1], [1, 0, 1, 0, 0, 1], 2);
        float[] numeric = [.. Enumerable.Range(0, 6).Select(i => Slope(i, 1e-3f))
            .Zip(Enumerable.Range(0, 6).Select(i => Slope(i, -1e-3f)), (a, b) => (a + b) / 2)];

        // Half of the one-sided slopes of the pair at distance 0, which is the mean of both sides.
        Assert.Equal(numeric, atTie, (a, b) => MathF.Abs(a - b) < 2e-2f);

        float Slope(int place, float by)
        {
            float[] moved = [1, 0, 1, 0, 0, 1];
            float before = Value(moved);
            moved[place] += by;
            return (Value(moved) - before) / by;
        }

        float Value(float[] p) => circle.Compute(tensor(new[] { 0f, 0, 1 }), tensor(p).reshape(3, 2)).item<float>();
    }

    [Theory]
    [InlineData("relu", 0f, 0f)]
    [InlineData("relu6", 6f, 0f)]
    [InlineData("hard_tanh", 1f, 0f)]
    [InlineData("hard_tanh", -1f, 0f)]
    [InlineData("sparse_sigmoid", 1f, 0f)]
    [InlineData("sparse_sigmoid", -1f, 0f)]
    [InlineData("sparse_sigmoid", 0f, 0.5f)]
    [InlineData("sparse_plus", 1f, 1f)]
    [InlineData("hard_sigmoid", 3f, 0f)]
    [InlineData("hard_sigmoid", -3f, 0f)]
    [InlineData("leaky_relu", 0f, 0.2f)]
    public void Activations_at_their_bends(string name, float at, float slope)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tensor(new[] { at }).requires_grad_(true);

        ((ActivationFunction)name).Apply(x).sum().backward();

        Assert.Equal(slope, x.grad!.item<float>());
    }

    [Theory]
    [InlineData(null, 0, 0, 0f, 0f)]
    [InlineData(6.0, 0, 0, 6f, 0f)] // relu6
    [InlineData(5.0, 0, 0, 5f, 1f)] // clip
    [InlineData(5.0, 0.1, 0, 0f, 0f)] // relu and relu(-x)
    [InlineData(null, 0.1, 0, 0f, 0.1f)] // leaky_relu
    [InlineData(5.0, 0.1, 1, 1f, 0f)]
    [InlineData(5.0, 0.1, 0, -2f, 0.1f)]
    public void ReLU_layers_at_their_bends(double? maxValue, double negativeSlope, double threshold, float at, float slope)
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new ReLU(maxValue, negativeSlope, threshold);
        using var context = new CallContext(training: true, 0, CPU);
        Tensor x = tensor(new[,] { { at } }).requires_grad_(true);

        layer.Apply(x, context).sum().backward();

        Assert.Equal(slope, x.grad!.item<float>(), 1e-7f);
    }

    [Fact]
    public void Of_equal_maxima_adaptive_pooling_takes_one_and_global_pooling_shares()
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: true, 0, CPU);
        foreach ((Layer layer, float[] expected) in ((Layer, float[])[])[
            (new AdaptiveMaxPooling1D(1), [1, 0, 0]), (new MaxPooling1D(3), [1, 0, 0]),
            (new GlobalMaxPooling1D(), [1 / 3f, 1 / 3f, 1 / 3f])])
        {
            Tensor x = ones(1, 3, 1).requires_grad_(true);
            layer.Apply(x, context).sum().backward();
            Assert.Equal(expected, x.grad!.flatten().data<float>().ToArray(), (a, b) => MathF.Abs(a - b) < 1e-6f);
        }
    }

    private static float[] Gradient(Loss loss, float[] yTrue, float[] yPred, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = tensor(yPred).reshape(-1, width).requires_grad_(true);
        Tensor t = yTrue.Length == yPred.Length ? tensor(yTrue).reshape(-1, width) : tensor(yTrue);
        Loss summed = loss;
        (summed.Compute(t, p) * (loss is Circle or CategoricalHinge ? 1 : width)).backward();
        return p.grad!.flatten().data<float>().ToArray();
    }
}
