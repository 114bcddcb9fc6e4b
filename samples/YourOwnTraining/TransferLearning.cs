using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A network that knows 0 to 4 learns 5 to 9: a new head on the frozen layers, which are tuned afterwards.</summary>
internal static class TransferLearning
{
    public static double[] Run(int images = 192, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(10);
        (Tensor x, Tensor y) = Digits.Load(images);
        using var source = new Sequential(
            [
                new Input([8, 8, 1]),
                new Conv2D(8, 3, activation: "relu"),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(16, activation: "relu", name: "features"),
                new Dense(5, activation: "softmax"),
            ]);
        draws.SetWeights(source);
        source.Compile(new Adam(0.01), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        History pretraining = source.Fit(x[y < 5], y[y < 5], epochs: epochs, shuffle: false, verbose: 0);

        using var body = new Functional(source.Inputs, source.GetLayer("features").Output);
        body.Trainable = false;
        var inputs = new Input([8, 8, 1]);
        KerasTensor outputs = new Dense(5, activation: "softmax", name: "head").Apply(body.Apply(inputs, training: false));
        using var model = new Functional(inputs, outputs);
        draws.SetWeights(model.GetLayer("head"));
        model.Compile(new Adam(0.01), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        History frozen = model.Fit(x[y >= 5], y[y >= 5] - 5, epochs: epochs, shuffle: false, verbose: 0);

        body.Trainable = true;
        model.Compile(new Adam(0.001), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        History tuned = model.Fit(x[y >= 5], y[y >= 5] - 5, epochs: epochs, shuffle: false, verbose: 0);
        return [.. pretraining["loss"], .. frozen["loss"], .. tuned["loss"], .. tuned["accuracy"]];
    }
}
