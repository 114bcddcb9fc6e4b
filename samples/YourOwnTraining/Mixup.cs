using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Mixup: the network learns from mixtures of two images and of their labels.</summary>
internal static class Mixup
{
    public static double[] Run(int images = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(16);
        using var model = new Sequential(
            [
                new Input([8, 8, 1]),
                new Conv2D(8, 3, activation: "relu"),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(32, activation: "relu"),
                new Dense(10, activation: "softmax"),
            ]);
        draws.SetWeights(model);
        model.Compile(new Adam(0.01), "categorical_crossentropy", metrics: ["accuracy"]);
        (Tensor x, Tensor y) = Digits.Load(images);
        y = Utils.ToCategorical(y, 10).ToTensor();

        var losses = new List<double>();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            // New mixtures for each epoch.
            (Tensor mixedX, Tensor mixedY) = MixUp(x, y, draws);
            losses.AddRange(model.Fit(mixedX, mixedY, shuffle: false, verbose: 0)["loss"]);
        }

        Logs evaluation = model.Evaluate(x, y, verbose: 0);
        return [.. losses, evaluation["loss"], evaluation["accuracy"]];
    }

    /// <summary>Mixes each sample with another one; the shares are uniform, which is the beta distribution for alpha = 1.</summary>
    private static (Tensor X, Tensor Y) MixUp(Tensor x, Tensor y, Draws draws)
    {
        int count = (int)x.shape[0];
        Tensor partner = tensor(Enumerable.Range(0, count).Select(_ => (long)draws.Integer(count)).ToArray());
        Tensor share = (draws.Array(count) + 1) / 2;
        (Tensor xShare, Tensor yShare) = (share.reshape(-1, 1, 1, 1), share.reshape(-1, 1));
        return ((x * xShare) + (x[partner] * (1 - xShare)), (y * yShare) + (y[partner] * (1 - yShare)));
    }
}
