using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Cairn;

/// <summary>What a program that watches this one, through OpenTelemetry for example, can see of every training.</summary>
/// <remarks>
/// <para>Both the activity source and the meter are called <see cref="Name"/>: <c>AddSource(Telemetry.Name)</c>, <c>AddMeter(Telemetry.Name)</c>.</para>
/// <para>
/// Activities: <c>cairn.fit</c>, in it a <c>cairn.epoch</c> for each epoch, in that a <c>cairn.validate</c>; <c>cairn.evaluate</c> and
/// <c>cairn.predict</c> alone. They carry the model's name (<c>cairn.model</c>), the epoch from 1 (<c>cairn.epoch</c>), the values by name
/// (<c>cairn.value.val_loss</c>), and what callbacks record as events named by the kind.
/// </para>
/// <para>
/// Instruments, with the tag <c>cairn.model</c>: the counters <c>cairn.train.epochs</c>, <c>cairn.train.batches</c> and
/// <c>cairn.train.samples</c>, the histograms <c>cairn.train.batch.duration</c> and <c>cairn.train.epoch.duration</c> in seconds (an epoch
/// with its validation), and the gauge <c>cairn.train.value</c>, the values of the last epoch by the tag <c>cairn.value</c>.
/// </para>
/// <para>A training that begins while nobody listens costs nothing for it, and stays unseen.</para>
/// </remarks>
public static class Telemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Cairn";

    // That of the package, such as 0.1.0, without the revision behind it.
    private static readonly string? Version =
        typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static readonly Meter Meter = new(Name, Version);

    internal static ActivitySource Source { get; } = new(Name, Version);

    internal static Counter<long> Epochs { get; } = Meter.CreateCounter<long>("cairn.train.epochs", "{epoch}", "Epochs that ended.");

    internal static Counter<long> Batches { get; } = Meter.CreateCounter<long>("cairn.train.batches", "{batch}",
        "Training batches that ended.");

    internal static Counter<long> Samples { get; } = Meter.CreateCounter<long>("cairn.train.samples", "{sample}", "Samples trained on.");

    internal static Histogram<double> BatchDuration { get; } = Meter.CreateHistogram<double>("cairn.train.batch.duration", "s",
        "Time of a training batch.");

    internal static Histogram<double> EpochDuration { get; } = Meter.CreateHistogram<double>("cairn.train.epoch.duration", "s",
        "Time of an epoch with its validation.");

    internal static Gauge<double> Value { get; } = Meter.CreateGauge<double>("cairn.train.value", null,
        "Loss and metrics of the last epoch.");

    /// <summary>Whether anybody wants to know about batches.</summary>
    internal static bool BatchesAreWatched => Batches.Enabled || Samples.Enabled || BatchDuration.Enabled;

    /// <summary>Whether anybody wants to know anything.</summary>
    internal static bool IsWatched =>
        Source.HasListeners() || BatchesAreWatched || Epochs.Enabled || EpochDuration.Enabled || Value.Enabled;
}
