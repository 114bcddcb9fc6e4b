using System.Globalization;

namespace Cairn.Callbacks;

/// <summary>What a checkpoint tells about the model in its file.</summary>
/// <param name="Monitor">The watched name.</param>
/// <param name="Best">The value of <paramref name="Monitor"/> that the model was saved for as the best one; null if it was saved for another reason.</param>
/// <param name="Epoch">The epoch it was saved in or after, counted from 1 as in file names.</param>
internal sealed record CheckpointRemarks(string? Monitor, double? Best, int? Epoch)
{
    private const string MonitorKey = "monitor";
    private const string BestKey = "best";
    private const string EpochKey = "epoch";

    /// <summary>Reads the remarks of a file; what is not there, or not readable, is null.</summary>
    /// <exception cref="Saving.ModelFormatException">It is not a model's file, or a damaged one.</exception>
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
