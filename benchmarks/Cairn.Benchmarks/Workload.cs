using Cairn.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>A training task that both sides do: the same layers, batch size, number of samples and passes, on random numbers.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="Steps">Steps an epoch; a measured piece is one epoch.</param>
/// <param name="Sample">Shape of a sample in Keras' order.</param>
/// <param name="Model">Makes our model.</param>
/// <param name="Module">Makes the same with TorchSharp's modules, which end in logits.</param>
/// <param name="Logits">Whether our last layer gives logits; otherwise it ends in a softmax, as most Keras programs do.</param>
/// <param name="Classes">Number of classes; 1 for a yes or no.</param>
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

    /// <summary>An MLP of 20 million parameters: the weights of a step no longer fit the caches.</summary>
    public static Workload LargeMlp(int batchSize, int steps) => new(
        $"MLP 784-4096-4096-10 (20 M parameters), batch {batchSize}, logits",
        batchSize,
        steps,
        [784],
        () => new Sequential([new Input([784]), new Dense(4096, activation: "relu"), new Dense(4096, activation: "relu"), new Dense(10)]),
        () => nn.Sequential(nn.Linear(784, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 10)));

    /// <summary>A wide-and-deep model of 40 features: they reach the output both through two layers and directly.</summary>
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

    /// <summary>An LSTM that reads a picture row by row.</summary>
    public static Workload Lstm(int batchSize, int steps) => new(
        $"LSTM 128 over 28 steps of 28 features, batch {batchSize}, logits",
        batchSize,
        steps,
        [28, 28],
        () => new Sequential([new Input([28, 28]), new Layers.LSTM(128), new Dense(10)]),
        () => new LstmModule());

    /// <summary>A GRU that does so.</summary>
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

    /// <summary>Numbers of 0 to 1 and class numbers, the same for both sides. The caller owns the tensors.</summary>
    /// <returns>Samples in Keras' order; labels as int64 <c>[samples]</c>, or float32 <c>[samples, 1]</c> where there is one class.</returns>
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
