using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Grad-CAM: the parts of an image on which the classifier's decision depends.</summary>
internal static class GradCam
{
    public static double[] Run(int images = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(7);
        using var model = new Sequential(
            [
                new Input([8, 8, 1]),
                new Conv2D(8, 3, activation: "relu", padding: "same"),
                new MaxPooling2D(2),
                new Conv2D(16, 3, activation: "relu", padding: "same", name: "last_conv"),
                new GlobalAveragePooling2D(),
                new Dense(10),
            ]);
        draws.SetWeights(model);
        model.Compile(new Adam(0.01), Loss.SparseCategoricalCrossentropy(fromLogits: true));
        (Tensor x, Tensor y) = Digits.Load(images);
        History history = model.Fit(x, y, epochs: epochs, shuffle: false, verbose: 0);
        Tensor heatmap = MakeHeatmap(model, x[..1], "last_conv");
        return [.. history["loss"], .. heatmap.data<float>()];
    }

    private static Tensor MakeHeatmap(Model model, Tensor image, string lastConvLayer)
    {
        using var gradModel = new Functional(model.Inputs, [model.GetLayer(lastConvLayer).Output, model.Outputs[0]]);
        using var tape = new GradientTape();
        (Tensor features, Tensor predictions) = gradModel.CallMany(image);
        Tensor score = predictions[0, predictions[0].argmax()];
        Tensor gradients = tape.Gradient(score, features);

        // Each channel is weighted by the mean of its gradients.
        Tensor heatmap = (features * gradients.mean([0, 1, 2])).sum(-1)[0].relu();
        return (heatmap / (heatmap.max() + 1e-7)).detach().MoveToOuterDisposeScope();
    }
}
