using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>How the time of a training scales with samples, parameters, batch size and epochs.</summary>
internal static class Growth
{
    private static readonly Size Middle = new(Samples: 9_600, Hidden: 128, BatchSize: 32, Epochs: 1);

    public static void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| Scaling (MLP 784-hidden-10, Adam) | Parameters | Time of `Fit` | Per step | Per sample and epoch |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (int samples in (int[])[2_400, 9_600, 38_400])
        {
            Row($"{samples:N0} samples", Middle with { Samples = samples });
        }

        foreach (int hidden in (int[])[32, 128, 512, 2_048])
        {
            Row($"{hidden:N0} hidden units", Middle with { Hidden = hidden });
        }

        foreach (int batchSize in (int[])[8, 32, 128, 512, 2_048])
        {
            Row($"batch size {batchSize:N0}", Middle with { BatchSize = batchSize });
        }

        foreach (int epochs in (int[])[1, 4, 16])
        {
            Row($"{epochs} epochs", Middle with { Samples = 2_400, Epochs = epochs });
        }
    }

    private static void Row(string name, Size size)
    {
        using Tensor x = rand(size.Samples, 784);
        using Tensor y = randint(0, 10, size.Samples);
        using Sequential model = [new Input([784]), new Dense(size.Hidden, activation: "relu"), new Dense(10)];
        model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
        model.Fit(x, y, size.BatchSize, verbose: 0);
        double[] times = [.. Enumerable.Range(0, 5)
            .Select(_ => AlternatingRunner.Milliseconds(() => model.Fit(x, y, size.BatchSize, size.Epochs, verbose: 0)))];
        double time = Comparison.Median(times);
        double steps = Math.Ceiling((double)size.Samples / size.BatchSize) * size.Epochs;
        Console.WriteLine(
            $"| {name} | {model.CountParams():N0} | {time:F0} ms | {time / steps:F3} ms "
                + $"| {1000 * time / size.Samples / size.Epochs:F2} µs |");
    }

    private sealed record Size(int Samples, int Hidden, int BatchSize, int Epochs);
}
