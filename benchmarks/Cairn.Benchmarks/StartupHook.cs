using System.Diagnostics;
using System.Diagnostics.Metrics;

/// <summary>
/// What .NET runs in a process before its Main where <c>DOTNET_STARTUP_HOOKS</c> names this assembly: it listens to Cairn's telemetry and writes down
/// when the first training step was over. The name and the place without a namespace are .NET's.
/// </summary>
internal static class StartupHook
{
    /// <summary>The environment variable with the path of the file that the time is written to.</summary>
    internal const string TimeFile = "CAIRN_BENCHMARK_FIRST_STEP";

    private static MeterListener? listener;

    /// <summary>Begins to listen.</summary>
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
            // The clock is the machine's, so the process that started this one can subtract its own time.
            File.WriteAllText(path, Stopwatch.GetTimestamp().ToString(System.Globalization.CultureInfo.InvariantCulture));
            listener.DisableMeasurementEvents(instrument);
        });
        listener.Start();
    }
}
