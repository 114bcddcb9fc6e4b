using System.Globalization;

namespace Cairn.Callbacks;

/// <summary>The metadata that a checkpoint stores in a model file.</summary>
/// <param name="Monitor">The name of the monitored value.</param>
/// <param name="Best">
/// The value of <paramref name="Monitor"/> if the model was saved as the best one so far; null if it was saved for another reason.
/// </param>
/// <param name="Epoch">The epoch in or after which the model was saved, counted from 1 as in file names.</param>
internal sealed record CheckpointRemarks(string? Monitor, double? Best, int? Epoch)
{
    private const string MonitorKey = "monitor";
    private const string BestKey = "best";
    private const string EpochKey = "epoch";

    /// <summary>Reads the metadata of a file. Missing or unreadable values are null.</summary>
    /// <exception cref="Saving.ModelFormatException">The file is not a model file, or it is damaged.</exception>
    public static CheckpointRemarks Read(string path)
    {
        IReadOnlyDictionary<string, string> found = Model.ReadRemarks(path);
        return new(
            found.GetValueOrDefault(MonitorKey),
            double.TryParse(found.GetValueOrDefault(BestKey), NumberStyles.Float, CultureInfo.InvariantCulture, out double best)
                ? best : null,
            int.TryParse(found.GetValueOrDefault(EpochKey), NumberStyles.Integer, CultureInfo.InvariantCulture, out int epoch)
                ? epoch : null);
    }

    public Dictionary<string, string> ToAttributes()
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Monitor is not null)
        {
            attributes[MonitorKey] = Monitor;
        }

        if (Best is { } best)
        {
            attributes[BestKey] = best.ToString("R", CultureInfo.InvariantCulture);
        }

        if (Epoch is { } epoch)
        {
            attributes[EpochKey] = epoch.ToString(CultureInfo.InvariantCulture);
        }

        return attributes;
    }
}
