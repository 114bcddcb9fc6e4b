using Cairn.Benchmarks.Rival;
using Cairn.Layers;
using Cairn.Regularizers;

namespace Cairn.Benchmarks;

/// <summary>The models of the <see cref="Workload"/>s with Cairn's layers.</summary>
internal static class CairnModels
{
    /// <summary>Creates the model that corresponds to the workload's module.</summary>
    public static Model Of(Workload workload) => workload.Key switch
    {
        "mlp-20m" => new Sequential(
            [new Input([784]), new Dense(4096, activation: "relu"), new Dense(4096, activation: "relu"), new Dense(10)]),
        "bn-mlp" => BatchNormMlp(new L2(workload.Penalty)),
        "tabular" => Tabular(),
        "cnn" => Cnn(),
        "resnet" => Residual(),
        "conv1d" => new Sequential([new Input([128, 16]), new Conv1D(64, 5, activation: "relu"), new MaxPooling1D(2),
            new Conv1D(128, 3, activation: "relu"), new GlobalAveragePooling1D(), new Dense(10)]),
        "autoencoder" => Autoencoder(),
        "lstm" => new Sequential([new Input([28, 28]), new LSTM(128), new Dense(10)]),
        "gru" => new Sequential([new Input([28, 28]), new GRU(128), new Dense(10)]),
        "transformer" => Transformer(),
        "embedding" => new Sequential([new Input([20], dtype: "int32"), new Embedding(workload.Tokens, 64), new GlobalAveragePooling1D(),
            new Dense(10)]),
        _ => new Sequential([new Input([784]), new Dense(128, activation: "relu"), new Dropout(0.2),
            new Dense(10, activation: workload.Logits ? "linear" : "softmax")]),
    };

    private static Sequential BatchNormMlp(L2 penalty) => new(
    [
        new Input([784]),
        new Dense(256, kernelRegularizer: penalty), new BatchNormalization(), new Activation("relu"),
        new Dense(256, kernelRegularizer: penalty), new BatchNormalization(), new Activation("relu"),
        new Dense(10, kernelRegularizer: penalty),
    ]);

    private static Functional Tabular()
    {
        var features = new Input([40]);
        KerasTensor deep = new Dense(32, activation: "relu").Apply(new Dense(64, activation: "relu").Apply(features));
        return new Functional(features, new Dense(1).Apply(new Concatenate().Apply(features, deep)));
    }

    private static Sequential Cnn() => new(
    [
        new Input([28, 28, 1]),
        new Conv2D(32, 3, activation: "relu"),
        new MaxPooling2D(2),
        new Conv2D(64, 3, activation: "relu"),
        new MaxPooling2D(2),
        new Flatten(),
        new Dropout(0.5),
        new Dense(10),
    ]);

    private static Sequential Autoencoder() => new(
    [
        new Input([28, 28, 1]),
        new Conv2D(16, 3, padding: "same", activation: "relu"),
        new MaxPooling2D(2),
        new Conv2D(8, 3, padding: "same", activation: "relu"),
        new MaxPooling2D(2),
        new Conv2DTranspose(8, 2, strides: 2, activation: "relu"),
        new Conv2DTranspose(16, 2, strides: 2, activation: "relu"),
        new Conv2D(1, 3, padding: "same", activation: "sigmoid"),
    ]);

    private static Functional Residual()
    {
        var image = new Input([32, 32, 3]);
        KerasTensor x = Normalized(image, 16, 3, 1);
        x = new Activation("relu").Apply(x);
        x = Block(Block(Block(x, 16, 16, 1), 16, 32, 2), 32, 64, 2);
        return new Functional(image, new Dense(10).Apply(new GlobalAveragePooling2D().Apply(x)));
    }

    private static KerasTensor Block(KerasTensor x, int channels, int filters, int stride)
    {
        KerasTensor body = new Activation("relu").Apply(Normalized(x, filters, 3, stride));
        body = Normalized(body, filters, 3, 1);
        KerasTensor shortcut = channels == filters ? x : Normalized(x, filters, 1, stride);
        return new Activation("relu").Apply(new Add().Apply(body, shortcut));
    }

    private static KerasTensor Normalized(KerasTensor x, int filters, int kernel, int stride) =>
        new BatchNormalization().Apply(new Conv2D(filters, kernel, strides: stride, padding: "same").Apply(x));

    private static Functional Transformer()
    {
        var sequence = new Input([64, 64]);
        KerasTensor attended = new MultiHeadAttention(4, 16).Apply(sequence, sequence);
        KerasTensor x = new LayerNormalization(epsilon: 1e-5).Apply(new Add().Apply(sequence, attended));
        KerasTensor forward = new Dense(64).Apply(new Dense(256, activation: "relu").Apply(x));
        x = new LayerNormalization(epsilon: 1e-5).Apply(new Add().Apply(x, forward));
        return new Functional(sequence, new Dense(10).Apply(new GlobalAveragePooling1D().Apply(x)));
    }
}
