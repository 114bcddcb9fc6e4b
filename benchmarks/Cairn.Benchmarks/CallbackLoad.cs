using Cairn.Callbacks;

namespace Cairn.Benchmarks;

/// <summary>The callbacks of a measured training.</summary>
internal sealed record CallbackLoad(string Name, Func<string, Callback[]> Create)
{
    public static readonly CallbackLoad None = new("none", _ => []);

    /// <summary>The three, with one checkpoint file per epoch.</summary>
    public static readonly CallbackLoad ThreeWithFile = new("three", folder => Three(folder, double.PositiveInfinity));

    /// <summary>The three, with a checkpoint that is never written: the cost of the calls only.</summary>
    public static readonly CallbackLoad ThreeWithoutFile = new("three", folder => Three(folder, double.NegativeInfinity));

    /// <summary>A typical list of ten; one of them is called for each batch and reads its logs.</summary>
    public static readonly CallbackLoad Ten = new("ten, one of them reading every batch", folder =>
    [
        .. Three(folder, double.NegativeInfinity),
        new LearningRateScheduler((_, rate) => rate),
        new CSVLogger(Path.Combine(folder, "log.csv")),
        new TerminateOnNaN(),
        new LambdaCallback(onEpochEnd: (_, _) => { }),
        new LambdaCallback(onTrainBegin: _ => { }),
        new EarlyStopping("accuracy", patience: 1000, restoreBestWeights: true),
        new ReduceLROnPlateau("accuracy", patience: 1000),
    ]);

    private static Callback[] Three(string folder, double threshold) =>
    [
        new ReduceLROnPlateau("loss", patience: 1000),
        new ModelCheckpoint(Path.Combine(folder, "best.h5"), monitor: "loss", saveBestOnly: true, initialValueThreshold: threshold),
        new EarlyStopping("loss", patience: 1000),
    ];
}
