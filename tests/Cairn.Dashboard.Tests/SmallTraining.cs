using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;

namespace Cairn.Dashboard.Tests;

/// <summary>A regression that trains in milliseconds: 64 samples in batches of 8.</summary>
internal static class SmallTraining
{
    public const int Batches = 8;

    private static readonly float[] Numbers = [.. Enumerable.Range(0, 256).Select(index => MathF.Sin(index * 0.7f))];

    public static NDArray X { get; } = NDArray.From(Numbers, [64, 4]);

    public static NDArray Y { get; } = NDArray.From([.. Numbers.Where((_, index) => index % 4 == 0)], [64, 1]);

    public static Sequential Model(long seed = 1, Optimizer? optimizer = null)
    {
        var model = new Sequential([new Dense(8, "relu"), new Dense(1)], name: "small") { Seed = seed };
        model.Compile(optimizer ?? new SGD(0.05), "mse", ["mae"]);
        return model;
    }

    public static History Train(this Model model, IEnumerable<Callback> callbacks, int epochs = 3, CancellationToken cancel = default) =>
        model.Fit(X, Y, batchSize: 8, epochs: epochs, verbose: 0, callbacks: callbacks, validationData: (X, Y),
            cancellationToken: cancel);
}
