using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using static TorchSharp.torch;

namespace Cairn.Benchmarks;

/// <summary>A <see cref="Workload"/> as a user of Cairn trains it.</summary>
internal sealed class CairnTraining : IDisposable
{
    private readonly Workload workload;
    private readonly Sequential model;
    private readonly Tensor x;
    private readonly Tensor y;
    private readonly CallbackLoad load;
    private readonly string folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;

    public CairnTraining(Workload workload, CallbackLoad load)
    {
        this.workload = workload;
        this.load = load;
        (float[] pixels, long[] labels) = workload.CreateData();
        x = tensor(pixels, [workload.Samples, .. workload.Pixels]);
        y = tensor(labels);
        model = [new Input(workload.Pixels), .. workload.Layers()];
        model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: workload.Logits), ["accuracy"]);
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
