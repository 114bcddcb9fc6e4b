using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Super-resolution: a network that learns to give an image twice as many pixels on each side.</summary>
internal static class SuperResolution
{
    public static double[] Run(int images = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(14);
        var inputs = new Input([4, 4, 1]);
        KerasTensor x = new Conv2D(16, 3, activation: "relu", padding: "same").Apply(inputs);
        x = new Conv2D(16, 3, activation: "relu", padding: "same").Apply(x);
        x = new Conv2D(8, 3, activation: "relu", padding: "same").Apply(x);
        x = new Conv2D(2 * 2, 3, padding: "same").Apply(x);
        KerasTensor outputs = DepthToSpace(x, 4, 2);
        using var model = new Functional(inputs, outputs);
        draws.SetWeights(model);

        (Tensor large, _) = Digits.Load(images);
        Tensor small = large.reshape(-1, 4, 2, 4, 2, 1).mean([2, 4]);
        model.Compile(new Adam(0.005), "mse", metrics: [Metric.From(Psnr, "psnr")]);
        History history = model.Fit(small, large, epochs: epochs, shuffle: false, verbose: 0);
        return [.. history["loss"], .. history["psnr"]];
    }

    private static KerasTensor DepthToSpace(KerasTensor x, int size, int factor)
    {
        x = Ops.Reshape(x, [-1, size, size, factor, factor]);
        x = Ops.Transpose(x, [0, 1, 3, 2, 4]);
        return Ops.Reshape(x, [-1, size * factor, size * factor, 1]);
    }

    /// <summary>The ratio of the largest value to the error, in decibels.</summary>
    private static Tensor Psnr(Tensor yTrue, Tensor yPred)
    {
        Tensor mse = (yTrue - yPred).square().mean([1, 2, 3]);
        return -10 * mse.log10();
    }
}
