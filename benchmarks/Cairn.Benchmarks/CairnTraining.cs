using Cairn.Callbacks;
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
    private readonly string? folder;

    public CairnTraining(Workload workload, bool withCallbacks)
    {
        this.workload = workload;
        (float[] pixels, long[] labels) = workload.CreateData();
        x = tensor(pixels, [workload.Samples, .. workload.Pixels]);
        y = tensor(labels);
        model = [new Input(workload.Pixels), .. workload.Layers()];
        model.Compile(new Adam(), new SparseCategoricalCrossentropy(fromLogits: workload.Logits), ["accuracy"]);
        if (withCallbacks) folder = Directory.CreateTempSubdirectory("cairn-benchmark-").FullName;
    }

    public void Run() => model.Fit(x, y, workload.BatchSize, epochs: 1, verbose: 0, callbacks: Callbacks());

    public void Dispose()
    {
        model.Dispose();
        x.Dispose();
        y.Dispose();
        if (folder is not null) Directory.Delete(folder, recursive: true);
    }

    private Callback[] Callbacks() => folder is null ? [] :
    [
        new ReduceLROnPlateau("loss"),
        new ModelCheckpoint(Path.Combine(folder, "best.h5"), monitor: "loss", saveBestOnly: true),
        new EarlyStopping("loss", patience: 1000),
    ];
}
