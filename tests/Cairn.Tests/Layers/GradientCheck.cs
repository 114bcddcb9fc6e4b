using Cairn.Layers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Compares the gradients of a layer with finite differences, for its inputs and all of its weights.</summary>
internal static class GradientCheck
{
    // Central differences in float32: the values are of size 1 and exact to 1e-7, so a step of 1e-2 leaves 1e-5 of rounding and, with third
    // derivatives of size 1, 1e-4 / 6 of curvature.
    private const float StepSize = 1e-2f;
    private const double Allowed = 1e-3;

    /// <param name="layer">The layer; it is built here with random weights.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="arguments">The parameters of the inputs.</param>
    /// <param name="mask">The mask of the first input, or null.</param>
    /// <param name="training">Whether to compute as in training.</param>
    public static void Run(Layer layer, Tensor[] inputs, CallArguments? arguments = null, Tensor? mask = null, bool training = true)
    {
        arguments ??= CallArguments.For(inputs.Length);
        layer.BuildFor([.. inputs.Select(i => (Shape)i.shape)], arguments, new BuildContext(1));
        using var context = new CallContext(training, 1, CPU);
        using var generator = new Generator(5);
        using (no_grad())
        {
            foreach (Variable variable in layer.Weights)
            {
                variable.Value.copy_(rand(variable.Value.shape, generator: generator).mul_(1.4).sub_(0.7));
            }
        }

        Tensor[] leaves = [.. inputs.Where(i => i.is_floating_point()), .. layer.TrainableWeights.Select(w => w.Value)];
        Tensor[]? factors = null;
        foreach (Tensor leaf in leaves)
        {
            leaf.requires_grad_(true);
        }

        Value().backward();
        float[][] gradients =
            [.. leaves.Select(leaf => leaf.grad is { } gradient ? gradient.contiguous().data<float>().ToArray()
            : new float[leaf.NumberOfElements])];
        using IDisposable _ = no_grad();
        for (int i = 0; i < leaves.Length; i++)
        {
            for (long k = 0; k < leaves[i].NumberOfElements; k++)
            {
                double difference = (Moved(leaves[i], k, StepSize) - Moved(leaves[i], k, -StepSize)) / (2 * StepSize);
                Assert.True(
                    Math.Abs(difference - gradients[i][k]) <= Allowed * Math.Max(1, Math.Abs(difference)),
                    $"{layer} leaf {i} of shape {(Shape)leaves[i].shape}, number {k}: the gradient is {gradients[i][k]}, the difference "
                        + $"says {difference}");
            }
        }

        double Moved(Tensor leaf, long place, float by)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor number = leaf.view(-1)[place];
            float before = number.item<float>();
            number.fill_(before + by);
            double value = Value().item<float>();
            number.fill_(before);
            return value;
        }

        // A sum of the outputs with fixed random factors, so that no gradient is zero by symmetry.
        Tensor Value()
        {
            context.BeginStep(0);
            context.SetMask(inputs[0], mask);
            Tensor[] outputs = layer.Forward(inputs, arguments, context);
            factors ??= [.. outputs.Select(o => rand(o.shape, generator: generator).sub_(0.5).DetachFromDisposeScope())];
            return outputs.Zip(factors, (o, f) => (o * f).sum()).Aggregate((a, b) => a + b);
        }
    }
}
