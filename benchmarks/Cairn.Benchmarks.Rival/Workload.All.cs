using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

// The tasks. `CairnModels` has the same models with Cairn's layers.
internal sealed partial record Workload
{
    /// <summary>The tasks of the benchmark <c>steps</c>.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        Mlp(batchSize: 32, steps: 300),
        Mlp(batchSize: 32, steps: 300) with { Key = "softmax", Name = "The same, softmax in the last layer", Logits = false },
        Mlp(batchSize: 512, steps: 40),
        BatchNormMlp(batchSize: 128, steps: 50),
        LargeMlp(batchSize: 32, steps: 5),
        Tabular(batchSize: 512, steps: 100),
        Cnn(batchSize: 32, steps: 30),
        Residual(batchSize: 32, steps: 10),
        Line(batchSize: 32, steps: 30),
        Autoencoder(batchSize: 32, steps: 30),
        Recurrent("lstm", "LSTM", () => new LstmModule(), batchSize: 32, steps: 20),
        Recurrent("gru", "GRU", () => new GruModule(), batchSize: 32, steps: 20),
        Transformer(batchSize: 32, steps: 20),
        Embedding(batchSize: 32, steps: 20),
    ];

    /// <summary>The task with this key, or null.</summary>
    public static Workload? Named(string key) => All.FirstOrDefault(workload => workload.Key == key);

    public static Workload Mlp(int batchSize, int steps) => new(
        $"mlp-{batchSize}",
        $"MLP 784-128-10, dropout 0.2, batch {batchSize}",
        batchSize,
        steps,
        [784],
        () => nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)));

    /// <summary>An MLP with 20 million parameters, whose weights exceed the caches.</summary>
    public static Workload LargeMlp(int batchSize, int steps) => new(
        "mlp-20m",
        $"MLP 784-4096-4096-10 (20 M parameters), batch {batchSize}",
        batchSize,
        steps,
        [784],
        () => nn.Sequential(nn.Linear(784, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 10)));

    private static Workload BatchNormMlp(int batchSize, int steps) => new(
        "bn-mlp",
        $"MLP 784-256-256-10, batch normalization, L2, batch {batchSize}",
        batchSize,
        steps,
        [784],
        () => nn.Sequential(nn.Linear(784, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 256), nn.BatchNorm1d(256), nn.ReLU(),
            nn.Linear(256, 10)))
    { Penalty = 1e-4f };

    /// <summary>A wide-and-deep model with 40 features, connected to the output through two layers and directly.</summary>
    private static Workload Tabular(int batchSize, int steps) => new(
        "tabular",
        $"Wide and deep, 40 features, 64-32 + 40 → 1, batch {batchSize}",
        batchSize,
        steps,
        [40],
        () => new WideAndDeepModule(),
        Target.Binary);

    private static Workload Cnn(int batchSize, int steps) => new(
        "cnn",
        $"CNN 28×28, two convolutions (32, 64), batch {batchSize}",
        batchSize,
        steps,
        [28, 28, 1],
        () => nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Dropout(0.5), nn.Linear(1600, 10)))
    { IsConvolutional = true };

    private static Workload Residual(int batchSize, int steps) => new(
        "resnet",
        $"ResNet 32×32×3, three blocks (16, 32, 64) with batch normalization, batch {batchSize}",
        batchSize,
        steps,
        [32, 32, 3],
        () => new ResidualModule())
    { IsConvolutional = true };

    private static Workload Line(int batchSize, int steps) => new(
        "conv1d",
        $"Conv1D over 128 steps of 16 features (64, 128), batch {batchSize}",
        batchSize,
        steps,
        [128, 16],
        () => nn.Sequential(
            nn.Conv1d(16, 64, 5), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(64, 128, 3), nn.ReLU(), new GlobalMean(), nn.Linear(128, 10)))
    { IsConvolutional = true };

    private static Workload Autoencoder(int batchSize, int steps) => new(
        "autoencoder",
        $"Convolutional autoencoder 28×28 (16, 8, 8, 16), batch {batchSize}",
        batchSize,
        steps,
        [28, 28, 1],
        () => nn.Sequential(
            nn.Conv2d(1, 16, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 8, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2),
            nn.ConvTranspose2d(8, 8, 2, stride: 2), nn.ReLU(), nn.ConvTranspose2d(8, 16, 2, stride: 2), nn.ReLU(),
            nn.Conv2d(16, 1, 3, padding: 1), nn.Sigmoid()),
        Target.Input)
    { IsConvolutional = true };

    private static Workload Recurrent(string key, string name, Func<nn.Module<Tensor, Tensor>> module, int batchSize, int steps) => new(
        key,
        $"{name} 128 over 28 steps of 28 features, batch {batchSize}",
        batchSize,
        steps,
        [28, 28],
        module);

    private static Workload Transformer(int batchSize, int steps) => new(
        "transformer",
        $"Transformer block, 64 steps of 64 features, 4 heads, batch {batchSize}",
        batchSize,
        steps,
        [64, 64],
        () => new TransformerModule());

    private static Workload Embedding(int batchSize, int steps) => new(
        "embedding",
        $"Embedding of 100,000 tokens, 64 wide, 20 a sample, batch {batchSize}",
        batchSize,
        steps,
        [20],
        () => new EmbeddingModule(100_000, 64))
    { Tokens = 100_000 };
}
