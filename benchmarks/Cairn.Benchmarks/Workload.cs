using Cairn.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>A training task for both sides: the same layers, batch size, number of samples and epochs, on random data.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="Steps">Steps per epoch; a measurement is one epoch.</param>
/// <param name="Sample">Shape of a sample in Keras' axis order.</param>
/// <param name="Model">Creates Cairn's model.</param>
/// <param name="Module">Creates the same model with TorchSharp's modules, with logits as outputs.</param>
/// <param name="Logits">Whether Cairn's last layer outputs logits; otherwise it is a softmax, as in most Keras programs.</param>
/// <param name="Classes">Number of classes; 1 for binary classification.</param>
internal sealed record Workload(
    string Name,
    int BatchSize,
    int Steps,
    long[] Sample,
    Func<Model> Model,
    Func<nn.Module<Tensor, Tensor>> Module,
    bool Logits = true,
    int Classes = 10)
{
    public int Samples => BatchSize * Steps;

    public static Workload Mlp(int batchSize, int steps, bool logits = true) => new(
        $"MLP 784-128-10, dropout 0.2, batch {batchSize}, {(logits ? "logits" : "softmax in the last layer")}",
        batchSize,
        steps,
        [784],
        () => new Sequential([new Input([784]), new Dense(128, activation: "relu"), new Layers.Dropout(0.2),
            new Dense(10, activation: logits ? "linear" : "softmax")]),
        () => nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)),
        logits);

    /// <summary>An MLP with 20 million parameters, whose weights exceed the caches.</summary>
    public static Workload LargeMlp(int batchSize, int steps) => new(
        $"MLP 784-4096-4096-10 (20 M parameters), batch {batchSize}, logits",
        batchSize,
        steps,
        [784],
        () => new Sequential([new Input([784]), new Dense(4096, activation: "relu"), new Dense(4096, activation: "relu"), new Dense(10)]),
        () => nn.Sequential(nn.Linear(784, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 10)));

    /// <summary>A wide-and-deep model with 40 features, connected to the output through two layers and directly.</summary>
    public static Workload Tabular(int batchSize, int steps) => new(
        $"Wide and deep, 40 features, 64-32 + 40 → 1, batch {batchSize}, logits",
        batchSize,
        steps,
        [40],
        () =>
        {
            var features = new Input([40]);
            KerasTensor deep = new Dense(32, activation: "relu").Apply(new Dense(64, activation: "relu").Apply(features));
            return new Functional(features, new Dense(1).Apply(new Concatenate().Apply(features, deep)));
        },
        () => new WideAndDeepModule(),
        Classes: 1);

    /// <summary>An LSTM over the rows of an image.</summary>
    public static Workload Lstm(int batchSize, int steps) => new(
        $"LSTM 128 over 28 steps of 28 features, batch {batchSize}, logits",
        batchSize,
        steps,
        [28, 28],
        () => new Sequential([new Input([28, 28]), new Layers.LSTM(128), new Dense(10)]),
        () => new LstmModule());

    /// <summary>A GRU over the rows of an image.</summary>
    public static Workload Gru(int batchSize, int steps) => new(
        $"GRU 128 over 28 steps of 28 features, batch {batchSize}, logits",
        batchSize,
        steps,
        [28, 28],
        () => new Sequential([new Input([28, 28]), new Layers.GRU(128), new Dense(10)]),
        () => new GruModule());

    public static Workload Cnn(int batchSize, int steps) => new(
        $"CNN 28×28, two convolutions (32, 64), batch {batchSize}, logits",
        batchSize,
        steps,
        [28, 28, 1],
        () => new Sequential(
        [
            new Input([28, 28, 1]),
            new Layers.Conv2D(32, 3, activation: "relu"),
            new MaxPooling2D(2),
            new Layers.Conv2D(64, 3, activation: "relu"),
            new MaxPooling2D(2),
            new Layers.Flatten(),
            new Layers.Dropout(0.5),
            new Dense(10),
        ]),
        () => nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(1600, 10)));

    /// <summary>Inputs from 0 to 1 and class indices, the same for both sides. The caller owns the tensors.</summary>
    /// <returns>Samples in Keras' axis order; labels as int64 <c>[samples]</c>, or float32 <c>[samples, 1]</c> for one class.</returns>
    public (Tensor Samples, Tensor Labels) CreateData()
    {
        var random = new Random(1);
        float[] numbers = new float[Samples * Sample.Aggregate(1L, (a, b) => a * b)];
        long[] labels = new long[Samples];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = random.NextSingle();
        }

        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = random.Next(Math.Max(2, Classes));
        }

        Tensor classes = tensor(labels);
        return (tensor(numbers, [Samples, .. Sample]), Classes == 1 ? classes.to(ScalarType.Float32).reshape(-1, 1) : classes);
    }
}
