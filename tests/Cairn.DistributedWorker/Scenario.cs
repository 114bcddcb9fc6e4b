using Cairn.Distributed;
using Cairn.DistributedWorker.Scenarios;

namespace Cairn.DistributedWorker;

/// <summary>Trainings whose results must not depend on the number of processes.</summary>
public static class Scenario
{
    /// <summary>The trainings by name; each distributes its model if it is given how.</summary>
    public static IReadOnlyDictionary<string, Func<DataParallel?, (Model Model, History History)>> All { get; } =
        new Dictionary<string, Func<DataParallel?, (Model, History)>>
        {
            ["plain"] = Plain.Train,
            ["metrics"] = Plain.Metrics,
            ["few-rows"] = Plain.FewRows,
            ["in-order"] = Plain.InOrder,
            ["adam"] = Plain.WithAdam,
            ["medium"] = Plain.Medium,
            ["large"] = Plain.Large,
            ["sample-weights"] = Weighted.Samples,
            ["class-weights"] = Weighted.Classes,
            ["mean-with-sample-weight"] = Weighted.MeanWithSampleWeight,
            ["sum"] = Weighted.Sum,
            ["ignored-class"] = Weighted.IgnoredClass,
            ["masks"] = Layered.Masks,
            ["dropout"] = Layered.Dropouts,
            ["planned-dropout"] = Layered.PlannedDropouts,
            ["noise"] = Layered.Noise,
            ["recomputed"] = Layered.Recomputed,
            ["recurrent-dropout"] = Layered.RecurrentDropout,
            ["sequence-dropout"] = Layered.SequenceDropout,
            ["penalties"] = Layered.Penalties,
            ["spectral-normalization"] = Layered.SpectralNormalization,
            ["augmentation"] = Layered.Augmentation,
            ["attention"] = Layered.Attention,
            ["several"] = Layered.SeveralInputsAndOutputs,
            ["batch-normalization"] = Layered.SynchronizedBatchNormalization,
            ["normalization-of-one-row"] = Layered.NormalizationOfOneRow,
            ["masked-batch-normalization"] = Layered.MaskedBatchNormalization,
            ["stop-in-epoch"] = Decisions.StopAfterBatch,
            ["stop-after-epoch"] = Decisions.StopAfterEpoch,
            ["cancel"] = Decisions.Cancel,
            ["not-a-number"] = Decisions.NotANumber,
            ["time-budget"] = Decisions.TimeBudget,
            ["overflow"] = Decisions.Overflow,
            ["learning-rate-search"] = Decisions.LearningRateSearch,
            ["early-stopping"] = Decisions.EarlyStopping,
            ["batch-logs"] = Decisions.BatchLogs,
            ["gradients"] = Decisions.Gradients,
            ["disposed"] = Decisions.DisposedAtTheEnd,
            ["npy-files"] = Streams.Npy,
            ["csv-file"] = Streams.Csv,
            ["sequence"] = Streams.Sequence,
            ["class-weighted-stream"] = Streams.ClassWeighted,
            ["own-step"] = OwnSteps.Train,
            ["two-optimizers"] = OwnSteps.TwoOptimizers,
            ["own-logs"] = OwnSteps.Logging,
            ["own-test-step"] = OwnSteps.Testing,
            ["accumulation"] = OwnSteps.Accumulation,
            ["loss-scale"] = OwnSteps.LossScale,
            ["clipping"] = OwnSteps.Clipping,
        };
}
