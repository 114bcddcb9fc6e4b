using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Training;

/// <summary>
/// The biases of a model whose gradient is only rounding error: those of layers followed by batch normalization, which subtracts the
/// mean, and so the bias. Adam divides the rounding error by its own size, so that such a bias takes steps of
/// about the learning rate in random directions, in Keras too. The moving mean follows the bias and cancels it in inference.
/// </summary>
internal static class NoisyBiases
{
    /// <summary>Each such bias with the moving mean after it; none if the optimizer does not scale the gradient.</summary>
    public static IReadOnlyList<(Variable Bias, Variable MovingMean)> Of(Model model)
    {
        if (model is not Sequential || model.Optimizer is not Adam)
        {
            return [];
        }

        return [.. model.Layers.Zip(model.Layers.Skip(1)).Where(pair => pair.Second is BatchNormalization && IsLinear(pair.First))
            .SelectMany(pair => Pairs(pair.First, pair.Second))];
    }

    /// <summary>
    /// The bound on the difference of two runs in such a bias: each step of Adam is about the rate at most (Kingma and Ba, 2015, section
    /// 2.1), and the two may always go in opposite directions: twice the sum of the rates. A moving mean is an average of past biases, so
    /// it has the same bound.
    /// </summary>
    public static double Bound(ReferenceRun run, Optimizer optimizer)
    {
        double first = ReferenceRun.Number(run.Json["epochs"]![0]!["lr"]);
        return 2 * Enumerable.Range(0, (int)optimizer.Iterations).Sum(step => optimizer.Schedule?.At(step) ?? first);
    }

    private static bool IsLinear(Layer layer) => layer.GetConfig()["activation"]?.ToJsonString() == "\"linear\"";

    private static IEnumerable<(Variable Bias, Variable MovingMean)> Pairs(Layer layer, Layer normalization)
    {
        Variable mean = normalization.Weights.Single(weight => weight.Name == "moving_mean");
        return layer.Weights.Where(weight => weight.Name == "bias").Select(bias => (bias, mean));
    }
}
