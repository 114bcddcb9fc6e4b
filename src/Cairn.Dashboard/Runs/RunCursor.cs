using System.Globalization;

namespace Cairn.Dashboard.Runs;

/// <summary>How much of a run a page has received; the next message contains everything after that.</summary>
/// <param name="Life">The generation of the run: a run that starts over is sent from its start.</param>
/// <param name="Batch">The number of the last batch value.</param>
/// <param name="Epochs">Number of epochs.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Panels">The version of the newest panel.</param>
/// <param name="About">The version of what describes the run.</param>
internal readonly record struct RunCursor(long Life, long Batch, int Epochs, int Events, long Panels, long About)
{
    private const int Parts = 6;

    /// <summary>The state before anything has been sent.</summary>
    public static RunCursor Start => new(-1, -1, 0, 0, 0, -1);

    /// <summary>Reads what <see cref="ToString"/> wrote; the start for anything else.</summary>
    public static RunCursor Of(string? text)
    {
        string[] parts = text?.Split('.') ?? [];
        Span<long> numbers = stackalloc long[Parts];
        if (parts.Length != Parts)
        {
            return Start;
        }

        for (int i = 0; i < Parts; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i])
                || numbers[i] is < -1 or > long.MaxValue / 2)
            {
                return Start;
            }
        }

        return numbers[2] is >= 0 and <= int.MaxValue && numbers[3] is >= 0 and <= int.MaxValue
            ? new RunCursor(numbers[0], numbers[1], (int)numbers[2], (int)numbers[3], numbers[4], numbers[5])
            : Start;
    }

    /// <summary>The numbers, for the <c>id</c> of a server-sent event.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Life}.{Batch}.{Epochs}.{Events}.{Panels}.{About}");
}
