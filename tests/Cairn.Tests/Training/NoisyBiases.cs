using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Tests.Training;

/// <summary>
/// The biases of a model whose gradient is rounding alone: those of layers whose output goes straight into batch normalisation, which takes the
/// mean, and so the bias, away again. Adam divides what rounding leaves of the gradient by its own size, so that such a bias takes steps of
/// about the learning rate in directions that mean nothing, in Keras as here. The moving mean follows the bias and takes it away in inference.
/// </summary>
internal static class NoisyBiases
{
    /// <summary>Each such bias with the moving mean behind it; none where the optimizer does not scale the gradient.</summary>
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
    /// How far two runs may be apart in such a bias: each step of Adam is about the rate at most (Kingma and Ba, 2015, section 2.1), and the two
    /// may go in opposite directions all the time: twice the sum of the rates. A moving mean is an average of what the bias was, so no further.
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
