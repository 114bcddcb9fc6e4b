using System.Runtime.Intrinsics.X86;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;

namespace Cairn.Benchmarks;

/// <summary>Training steps with the policy <c>mixed_bfloat16</c>, compared with float32.</summary>
internal static class MixedPrecision
{
    private const int Steps = 10;

    public static void Print(int pairs)
    {
        Console.WriteLine();
        Console.WriteLine($"The processor has the instructions {Instructions()}.");
        Console.WriteLine();
        Console.WriteLine("| Training step | mixed_bfloat16 | float32 | Ratio (median) | Ratios (min–max) |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        Compare("MLP 784-2048-2048-10, batch 128", pairs, 128, [784],
            () => [new Dense(2048, activation: "relu"), new Dense(2048, activation: "relu"), new Dense(10)]);
        Compare("CNN 28×28, batch 64", pairs, 64, [28, 28, 1],
            () => [new Conv2D(32, 3, activation: "relu"), new Conv2D(64, 3, activation: "relu"), new MaxPooling2D(2), new Flatten(),
                new Dense(10)]);
    }

    private static void Compare(string name, int pairs, int batchSize, Shape sample, Func<Layer[]> layers)
    {
        var random = new Random(1);
        float[] numbers = [.. Enumerable.Range(0, (int)(batchSize * Steps * sample.ElementCount)).Select(_ => random.NextSingle())];
        var x = NDArray.From(numbers, sample.WithBatch(batchSize * Steps));
        long[] y = [.. Enumerable.Range(0, batchSize * Steps).Select(_ => (long)random.Next(10))];
        using Sequential mixed = Create("mixed_bfloat16"), plain = Create("float32");
        Comparison found = AlternatingRunner.Run(() => Train(mixed), () => Train(plain), Steps, pairs);
        Console.WriteLine($"| {name} | {found.ToCells()} |");

        void Train(Sequential model) => model.Fit(x, y, batchSize, verbose: 0);

        Sequential Create(string policy)
        {
            var model = new Sequential([new Input(sample), .. layers()], seed: 1) { DTypePolicy = policy };
            model.Layers[^1].DTypePolicy = "float32";
            model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: true));
            return model;
        }
    }

    /// <summary>Those for numbers of 16 bits that libtorch's products use.</summary>
    private static string Instructions()
    {
        const string Processor = "/proc/cpuinfo";
        string[] wanted = ["avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_fp16"];
        if (File.Exists(Processor) && File.ReadLines(Processor).FirstOrDefault(line => line.StartsWith("flags")) is { } flags)
        {
            string[] all = flags.Split(' ');
            string[] found = [.. wanted.Where(all.Contains)];
            return found.Length == 0 ? $"of none of {string.Join(", ", wanted)}" : string.Join(", ", found);
        }

        return Avx512F.IsSupported ? "avx512f, others unknown" : "unknown";
    }
}
