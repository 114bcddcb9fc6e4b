using Cairn;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>The content of one image in the style of another: an optimizer changes the image itself.</summary>
internal static class StyleTransfer
{
    public static double[] Run(int iterations = 8)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(8);
        var inputs = new Input([8, 8, 1]);
        KerasTensor style1 = new Conv2D(8, 3, activation: "relu", padding: "same", name: "style_1").Apply(inputs);
        KerasTensor style2 = new Conv2D(8, 3, activation: "relu", padding: "same", strides: 2, name: "style_2").Apply(style1);
        KerasTensor content = new Conv2D(16, 3, activation: "relu", padding: "same", name: "content").Apply(style2);
        using var model = new Functional(inputs, content);
        draws.SetWeights(model);
        using var extractor = new Functional(inputs, [style1, style2, content]);

        (Tensor images, _) = Digits.Load(2);
        (Tensor contentImage, Tensor styleImage) = (images[..1], images[1..]);
        using var combination = new Variable(contentImage);
        using var optimizer = new SGD(new ExponentialDecay(0.05, decaySteps: 4, decayRate: 0.9));
        var losses = new List<double>();
        for (int i = 0; i < iterations; i++)
        {
            using var tape = new GradientTape();
            Tensor loss = ComputeLoss(extractor, combination.Value, contentImage, styleImage);
            optimizer.Apply([tape.Gradient(loss, combination)], [combination]);
            losses.Add(loss.item<float>());
        }

        return [.. losses, .. combination.Value[0, 4].detach().data<float>()];
    }

    private static Tensor GramMatrix(Tensor features)
    {
        Tensor flat = features[0].reshape(-1, features.shape[^1]);
        return flat.T.mm(flat);
    }

    private static Tensor ComputeLoss(Model extractor, Tensor combination, Tensor content, Tensor style)
    {
        Tensor[] features = extractor.CallMany(cat([content, style, combination]));
        Tensor loss = 0.1 * (features[^1][2] - features[^1][0]).square().sum();
        foreach (Tensor layer in features[..^1])
        {
            loss += (GramMatrix(layer[1..2]) - GramMatrix(layer[2..3])).square().mean() / 2;
        }

        Tensor x = combination;
        Tensor variation = (x[.., 1.., ..^1] - x[.., ..^1, ..^1]).square() + (x[.., ..^1, 1..] - x[.., ..^1, ..^1]).square();
        return loss + (0.01 * (variation + 1e-6).pow(1.25).sum());
    }
}
