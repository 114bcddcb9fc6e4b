using Cairn.Benchmarks.Rival;
using Cairn.Losses;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>A <see cref="Workload"/> trained with Cairn.</summary>
internal sealed class CairnTraining : IDisposable
{
    private readonly Workload workload;
    private readonly Model model;
    private readonly Tensor x;
    private readonly Tensor y;
    private readonly CallbackLoad load;
    private readonly string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;

    public CairnTraining(Workload workload, CallbackLoad load)
    {
        this.workload = workload;
        this.load = load;
        model = CairnModels.Of(workload);
        (x, y) = workload.CreateData();
        switch (workload.Target)
        {
            case Target.Binary:
                model.Compile(new Adam(), new BinaryCrossentropy(fromLogits: true), [new Metrics.BinaryAccuracy(threshold: 0)]);
                break;
            case Target.Input:
                model.Compile(new Adam(), "mse");
                break;
            default:
                model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: workload.Logits), ["accuracy"]);
                break;
        }
    }

    public void Run() => model.Fit(x, y, workload.BatchSize, epochs: 1, verbose: 0, callbacks: load.Create(folder));

    public void Dispose()
    {
        model.Dispose();
        x.Dispose();
        y.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
