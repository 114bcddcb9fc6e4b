using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace Cairn;

/// <summary>Names the activities and metrics that training emits, for use with OpenTelemetry, for example.</summary>
/// <remarks>
/// <para>
/// The activity source and the meter are both named <see cref="Name"/>: <c>AddSource(Telemetry.Name)</c>, <c>AddMeter(Telemetry.Name)</c>.
/// </para>
/// <para>
/// Activities: <c>cairn.fit</c>, with a child <c>cairn.epoch</c> per epoch, which has a child <c>cairn.validate</c>;
/// <c>cairn.evaluate</c> and <c>cairn.predict</c>. Their tags are the model's name (<c>cairn.model</c>), the epoch from 1
/// (<c>cairn.epoch</c>), and the values by name (<c>cairn.value.val_loss</c>). Events that callbacks record are activity events named by
/// kind.
/// </para>
/// <para>
/// Instruments, with the tag <c>cairn.model</c>: the counters <c>cairn.train.epochs</c>, <c>cairn.train.batches</c> and
/// <c>cairn.train.samples</c>; the histograms <c>cairn.train.batch.duration</c> and <c>cairn.train.epoch.duration</c> in seconds (an epoch
/// includes its validation); and the gauge <c>cairn.train.value</c> with the values of the last epoch, by the tag <c>cairn.value</c>.
/// </para>
/// <para>Training that begins without a listener has no overhead and emits nothing.</para>
/// </remarks>
public static class Telemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Cairn";

    // The package version, such as 0.1.0, without the revision suffix.
    private static readonly string? Version =
        typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static readonly Meter Meter = new(Name, Version);

    internal static ActivitySource Source { get; } = new(Name, Version);

    internal static Counter<long> Epochs { get; } = Meter.CreateCounter<long>("cairn.train.epochs", "{epoch}", "Completed epochs.");

    internal static Counter<long> Batches { get; } = Meter.CreateCounter<long>("cairn.train.batches", "{batch}",
        "Completed training batches.");

    internal static Counter<long> Samples { get; } = Meter.CreateCounter<long>("cairn.train.samples", "{sample}", "Samples trained on.");

    internal static Histogram<double> BatchDuration { get; } = Meter.CreateHistogram<double>("cairn.train.batch.duration", "s",
        "Duration of a training batch.");

    internal static Histogram<double> EpochDuration { get; } = Meter.CreateHistogram<double>("cairn.train.epoch.duration", "s",
        "Duration of an epoch, including validation.");

    internal static Gauge<double> Value { get; } = Meter.CreateGauge<double>("cairn.train.value", null,
        "Loss and metrics of the last epoch.");

    /// <summary>Whether anything listens to the batch instruments.</summary>
    internal static bool BatchesAreWatched => Batches.Enabled || Samples.Enabled || BatchDuration.Enabled;

    /// <summary>Whether anything listens at all.</summary>
    internal static bool IsWatched =>
        Source.HasListeners() || BatchesAreWatched || Epochs.Enabled || EpochDuration.Enabled || Value.Enabled;
}
