using Cairn.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>A training task that both sides do: the same layers, batch size, number of samples and passes, on random pictures of 784 pixels.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="BatchSize">Samples a step.</param>
/// <param name="Steps">Steps an epoch; a measured piece is one epoch.</param>
/// <param name="Pixels">Shape of a sample in Keras' order.</param>
/// <param name="Layers">Makes our layers; the last gives logits unless told otherwise.</param>
/// <param name="Modules">Makes the same with TorchSharp's modules.</param>
/// <param name="Logits">Whether our last layer gives logits; otherwise it ends in a softmax, as most Keras programs do.</param>
internal sealed record Workload(
    string Name, int BatchSize, int Steps, long[] Pixels, Func<Layer[]> Layers, Func<nn.Module<Tensor, Tensor>> Modules, bool Logits = true)
{
    public int Samples => BatchSize * Steps;

    public static Workload Mlp(int batchSize, int steps, bool logits = true) => new(
        $"MLP 784-128-10, dropout 0.2, batch {batchSize}, {(logits ? "logits" : "softmax in the last layer")}",
        batchSize,
        steps,
        [784],
        () => [new Dense(128, activation: "relu"), new Layers.Dropout(0.2), new Dense(10, activation: logits ? "linear" : "softmax")],
        () => nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)),
        logits);

    /// <summary>An MLP of 20 million parameters: the weights of a step no longer fit the caches.</summary>
    public static Workload LargeMlp(int batchSize, int steps) => new(
        $"MLP 784-4096-4096-10 (20 M parameters), batch {batchSize}, logits",
        batchSize,
        steps,
        [784],
        () => [new Dense(4096, activation: "relu"), new Dense(4096, activation: "relu"), new Dense(10)],
        () => nn.Sequential(nn.Linear(784, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 10)));

    public static Workload Cnn(int batchSize, int steps) => new(
        $"CNN 28×28, two convolutions (32, 64), batch {batchSize}, logits",
        batchSize,
        steps,
        [28, 28, 1],
        () =>
        [
            new Layers.Conv2D(32, 3, activation: "relu"),
            new MaxPooling2D(2),
            new Layers.Conv2D(64, 3, activation: "relu"),
            new MaxPooling2D(2),
            new Layers.Flatten(),
            new Layers.Dropout(0.5),
            new Dense(10),
        ],
        () => nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.5), nn.Linear(1600, 10)));

    /// <summary>Pixels of 0 to 1 and class numbers of 0 to 9, the same for both sides.</summary>
    public (float[] Pixels, long[] Labels) CreateData()
    {
        var random = new Random(1);
        var pixels = new float[Samples * 784];
        var labels = new long[Samples];
        for (int i = 0; i < pixels.Length; i++) pixels[i] = random.NextSingle();
        for (int i = 0; i < labels.Length; i++) labels[i] = random.Next(10);
        return (pixels, labels);
    }
}
