using Cairn.Layers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>
/// The gradients of random layers in training: the same step draws the same numbers, so that finite differences of the layer's own
/// function give its gradient. All other gradients are compared with Keras' function in <see cref="ReferenceLayerTests"/>.
/// </summary>
public sealed class RandomLayerGradientTests
{
    private static readonly Dictionary<string, (Func<Layer> Make, long[][] Shapes)> Samples = new()
    {
        ["Dropout"] = (() => new Dropout(0.3), [[4, 5]]),
        ["Dropout with a noise shape"] = (() => new Dropout(0.5, noiseShape: [Shape.None, 1, 3]), [[2, 4, 3]]),
        ["GaussianDropout"] = (() => new GaussianDropout(0.3), [[4, 5]]),
        ["GaussianNoise"] = (() => new GaussianNoise(0.3), [[4, 5]]),
        ["AlphaDropout"] = (() => new AlphaDropout(0.3), [[4, 5]]),
        ["AlphaDropout with a noise shape"] = (() => new AlphaDropout(0.3, noiseShape: [Shape.None, 1, 3]), [[2, 4, 3]]),
        ["SpatialDropout1D"] = (() => new SpatialDropout1D(0.4), [[2, 3, 4]]),
        ["SpatialDropout2D"] = (() => new SpatialDropout2D(0.4, DataFormat.ChannelsFirst), [[2, 4, 2, 2]]),
        ["SpatialDropout3D"] = (() => new SpatialDropout3D(0.4), [[2, 2, 2, 2, 3]]),
        ["ConvLSTM1D"] = (() => new ConvLSTM1D(2, 2, dropout: 0.3, recurrentDropout: 0.4), [[2, 3, 4, 2]]),
        ["ConvLSTM2D"] = (() => new ConvLSTM2D(2, 2, dropout: 0.3, recurrentDropout: 0.4, returnSequences: true), [[1, 2, 3, 3, 2]]),
        ["ConvLSTM3D"] = (() => new ConvLSTM3D(1, 2, recurrentDropout: 0.4), [[1, 2, 3, 2, 2, 2]]),
        ["StochasticDepth"] = (() => new StochasticDepth(0.4), [[6, 2, 2]]),
        ["MultiHeadAttention"] = (() => new MultiHeadAttention(2, 3, dropout: 0.4), [[2, 3, 4], [2, 4, 4]]),
        ["GroupQueryAttention"] = (() => new GroupQueryAttention(2, 4, 2, dropout: 0.4), [[2, 3, 4], [2, 4, 4]]),
        ["Attention"] = (() => new Attention(useScale: true, dropout: 0.4), [[2, 3, 4], [2, 4, 4]]),
        ["AdditiveAttention"] = (() => new AdditiveAttention(dropout: 0.4), [[2, 3, 4], [2, 4, 4]]),
        ["ConvLSTM1D"] = (() => new ConvLSTM1D(2, 2, dropout: 0.3, recurrentDropout: 0.2), [[2, 3, 4, 2]]),
        ["ConvLSTM2D"] = (() => new ConvLSTM2D(2, 2, dropout: 0.3, recurrentDropout: 0.2), [[2, 2, 3, 3, 1]]),
        ["ConvLSTM3D"] = (() => new ConvLSTM3D(1, 2, dropout: 0.3, recurrentDropout: 0.2), [[1, 2, 2, 3, 2, 1]]),
    };

    public static TheoryData<string> All => [.. Samples.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void The_gradient_uses_the_same_random_numbers(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using Layer layer = Samples[name].Make();
        manual_seed(5);
        Tensor[] inputs = [.. Samples[name].Shapes.Select(shape => randn(shape))];
        CallArguments arguments = layer.ArgumentsFor(inputs.Length);
        layer.BuildFor([.. inputs.Select(x => (Shape)x.shape)], arguments, new BuildContext(3));
        using var context = new CallContext(training: true, 11, CPU);
        Tensor? cotangent = null;

        Tensor[] variables = [.. inputs, .. layer.TrainableWeights.Select(w => w.Value)];
        foreach (Tensor variable in variables)
        {
            variable.requires_grad_(true);
        }

        Value().backward();
        foreach (Tensor variable in variables)
        {
            float[] slopes = variable.grad!.contiguous().data<float>().ToArray();
            for (int i = 0; i < slopes.Length; i++)
            {
                Assert.Equal(Difference(variable, i), slopes[i], 4e-3);
            }
        }

        Tensor Value()
        {
            context.BeginStep(2);
            Tensor y = layer.Forward(inputs, arguments, context)[0];
            cotangent ??= randn(y.shape);
            return (y * cotangent).sum();
        }

        // Rounding of 1e-7 over a step of 1/64, and its square times the third derivative: below 1e-3 each.
        double Difference(Tensor variable, int place)
        {
            using IDisposable _ = no_grad();
            Tensor number = variable.view(-1)[place];
            const float Step = 1 / 64f;
            number.add_(Step);
            double above = Value().item<float>();
            number.sub_(2 * Step);
            double below = Value().item<float>();
            number.add_(Step);
            return (above - below) / (2 * Step);
        }
    }

    [Fact]
    public void Every_random_layer_is_listed()
    {
        // Layers with a rate or a noise standard deviation.
        string[] drawing = [.. typeof(Layer).Assembly.GetTypes()
            .Where(t => t.IsPublic && !t.IsAbstract && t.IsSubclassOf(typeof(Layer)))
            .Where(t => t.GetConstructors().SelectMany(c => c.GetParameters()).Any(p => p.Name is "rate" or "dropout" or "stddev"))
            .Select(t => t.Name)];
        // Dropout of recurrent layers is drawn by their cells, which the recurrent tests cover.
        string[] elsewhere = ["SimpleRNN", "LSTM", "GRU", "SimpleRNNCell", "LSTMCell", "GRUCell"];
        Assert.Empty(drawing.Except(Samples.Keys).Except(elsewhere));
    }
}
