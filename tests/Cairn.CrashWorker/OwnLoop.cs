using System.Globalization;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.CrashWorker;

/// <summary>A custom loop, which tells the resident memory of the process as it goes on.</summary>
internal static class OwnLoop
{
    /// <summary>The number of steps.</summary>
    private const int Steps = 5000;

    public static void Run()
    {
        using var model = new Sequential(
            [new Input([32]), new Dense(256, activation: "relu"), new BatchNormalization(), new Dropout(0.5), new Dense(1)], seed: 1);
        using var optimizer = new Adam(0.001, clipNorm: 1);
        using Tensor x = randn(64, 32), y = randn(64, 1);
        for (int step = 1; step <= Steps; step++)
        {
            // The only thing that is disposed.
            using (var tape = new GradientTape())
            {
                Tensor error = model.Call(x + randn_like(x), training: true) - y;
                Tensor loss = error.square().mean() + error.abs().max();
                Tensor?[] gradients = tape.Gradient(loss, model.TrainableWeights);
                optimizer.Apply([.. gradients.Select(gradient => gradient!.clamp(-1, 1))], model.TrainableWeights);
            }

            if (step % 500 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Console.Out.Write($"{step} {Resident().ToString(CultureInfo.InvariantCulture)}\n");
            }
        }

        Console.Out.Write("done\n");
    }

    private static long Resident()
    {
        long pages = long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture);
        return pages * Environment.SystemPageSize;
    }
}
