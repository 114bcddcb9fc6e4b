using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A U-Net marks the pixels of a digit in a noisy image: down, up, and across.</summary>
internal static class UNet
{
    public static double[] Run(int images = 64, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(15);
        using Functional model = MakeUNet();
        draws.SetWeights(model);
        (Tensor x, _) = Digits.Load(images);
        Tensor mask = (x > 0.5).to(float32);
        Tensor noisy = x + (0.3 * draws.Array(x.shape));
        model.Compile(new Adam(0.01), "binary_crossentropy", metrics: ["accuracy"]);
        History history = model.Fit(noisy, mask, batchSize: 16, epochs: epochs, shuffle: false, verbose: 0);
        return [.. history["loss"], .. history["accuracy"]];
    }

    private static KerasTensor ConvBlock(KerasTensor x, int filters)
    {
        x = new Conv2D(filters, 3, padding: "same", useBias: false).Apply(x);
        x = new BatchNormalization().Apply(x);
        return new Activation("relu").Apply(x);
    }

    private static Functional MakeUNet()
    {
        var inputs = new Input([8, 8, 1]);
        KerasTensor x = inputs;
        var skips = new Stack<KerasTensor>();
        foreach (int filters in (int[])[8, 16])
        {
            x = ConvBlock(x, filters);
            skips.Push(x);
            x = new MaxPooling2D(2).Apply(x);
        }

        x = ConvBlock(x, 32);
        foreach (int filters in (int[])[16, 8])
        {
            x = new Conv2DTranspose(filters, 3, strides: 2, padding: "same").Apply(x);
            x = new Concatenate().Apply(x, skips.Pop());
            x = ConvBlock(x, filters);
        }

        KerasTensor outputs = new Conv2D(1, 1, activation: "sigmoid").Apply(x);
        return new Functional(inputs, outputs);
    }
}
