using System.Diagnostics;
using System.Diagnostics.Metrics;

/// <summary>
/// .NET runs this before Main if <c>DOTNET_STARTUP_HOOKS</c> names this assembly. It listens to Cairn's telemetry and records
/// when the first training step ended. .NET requires this name and no namespace.
/// </summary>
internal static class StartupHook
{
    /// <summary>The environment variable with the path of the file for the time.</summary>
    internal const string TimeFile = "CAIRN_BENCHMARK_FIRST_STEP";

    private static MeterListener? listener;

    /// <summary>Starts listening.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(TimeFile) is not { } path)
        {
            return;
        }

        listener = new MeterListener
        {
            InstrumentPublished = (instrument, all) =>
            {
                if (instrument is { Name: "cairn.train.batches", Meter.Name: "Cairn" })
                {
                    all.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) =>
        {
            // The system clock, so that the parent process can subtract its own time.
            File.WriteAllText(path, Stopwatch.GetTimestamp().ToString(System.Globalization.CultureInfo.InvariantCulture));
            listener.DisableMeasurementEvents(instrument);
        });
        listener.Start();
    }
}
