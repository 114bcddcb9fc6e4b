using System.Globalization;

namespace Cairn.Callbacks;

/// <summary>
/// The progress of one epoch, evaluation or prediction on one line: completed steps, time, speed and values. Modeled on Keras'
/// <c>Progbar</c>.
/// </summary>
internal sealed class ProgressBar
{
    private const int BarWidth = 20;
    private const double SecondsBetweenDraws = 0.05;
    private const string Bold = "\x1b[1m";
    private const string Green = "\x1b[32m";
    private const string White = "\x1b[37m";
    private readonly int? target;
    private readonly OutputLine line;
    private readonly TimeProvider clock;
    private readonly long start;
    private TerminalStyle style;
    private long? afterFirstStep;
    private long? lastDraw;

    public ProgressBar(int? target, TerminalStyle style, OutputLine line, TimeProvider clock)
    {
        (this.target, this.style, this.line, this.clock) = (target, style, line, clock);
        start = clock.GetTimestamp();
    }

    /// <summary>Number of samples processed in a number of steps, if known.</summary>
    public Func<int, long?> SamplesIn { get; init; } = _ => null;

    /// <summary>Records a completed step and returns whether to redraw: at most 20 times a second.</summary>
    public bool Advance(int current)
    {
        if (current == 1)
        {
            afterFirstStep = clock.GetTimestamp();
        }

        return style.Live && (lastDraw is not { } last || Seconds(last) >= SecondsBetweenDraws);
    }

    /// <summary>Draws the bar and leaves its line unfinished.</summary>
    public void Draw(int current, IEnumerable<KeyValuePair<string, double>> values)
    {
        lastDraw = clock.GetTimestamp();
        style = style.Now();
        string time = target is > 0 and var total
            ? Remaining(SecondsPerStep(current) * (total - current))
            : $"{PythonNumber.Fixed(Seconds(start), 0)}s";
        StyledText text = new ProgressLine(Heads(current, target, time), Values(values, positiveOnly: false)).OnOneLine(style);
        line.Redraw(text.ToString(), text.Columns);
    }

    /// <summary>
    /// Draws the bar for the last time and terminates its line. Values that do not fit follow on separate lines, because they are the
    /// results of the epoch.
    /// </summary>
    public void Finish(int current, IEnumerable<KeyValuePair<string, double>> values)
    {
        style = style.Now();
        var text = new ProgressLine(Heads(current, current, $"{PythonNumber.Fixed(Seconds(start), 0)}s"),
            Values(values, positiveOnly: false));
        (string? written, int columns) = text.Whole(style);
        line.Finish(written, columns);
    }

    /// <summary>The line of <c>verbose: 2</c>.</summary>
    public string Summary(int current, IEnumerable<KeyValuePair<string, double>> values)
    {
        string time = $"{PythonNumber.Fixed(Seconds(start), 0)}s -{StepTime(SecondsPerStep(current))}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{current}/{current} - {time}{string.Concat(Values(values, positiveOnly: true).Select(value => " - " + value))}");
    }

    private static string Remaining(double seconds)
    {
        long whole = (long)seconds;
        return whole switch
        {
            _ when seconds > 3600 => string.Create(CultureInfo.InvariantCulture, $"{whole / 3600}:{whole % 3600 / 60:00}:{whole % 60:00}"),
            _ when seconds > 60 => string.Create(CultureInfo.InvariantCulture, $"{whole / 60}:{whole % 60:00}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{whole}s"),
        };
    }

    private static string StepTime(double seconds) => seconds switch
    {
        >= 1 or 0 => $" {PythonNumber.Fixed(seconds, 0)}s/step",
        >= 1e-3 => $" {PythonNumber.Fixed(seconds * 1e3, 0)}ms/step",
        _ => $" {PythonNumber.Fixed(seconds * 1e6, 0)}us/step",
    };

    private static string Speed(double samples) => samples switch
    {
        >= 1e7 => $" {PythonNumber.Fixed(samples / 1e6, 0)}M samples/s",
        >= 1e6 => $" {PythonNumber.Fixed(samples / 1e6, 1)}M samples/s",
        >= 1e5 => $" {PythonNumber.Fixed(samples / 1e3, 0)}k samples/s",
        >= 10 => $" {PythonNumber.Fixed(samples, 0)} samples/s",
        _ => $" {PythonNumber.Fixed(samples, 1)} samples/s",
    };

    /// <summary>
    /// Four decimals, or scientific notation for values too small for four decimals. Keras' one-line form uses scientific notation for
    /// negative values too.
    /// </summary>
    private static IEnumerable<string> Values(IEnumerable<KeyValuePair<string, double>> values, bool positiveOnly) =>
        from pair in values
        let plain = (positiveOnly ? pair.Value : Math.Abs(pair.Value)) > 1e-3
        select $"{pair.Key}: {(plain ? PythonNumber.Fixed(pair.Value, 4) : PythonNumber.Exponential(pair.Value, 4))}";

    /// <summary>The text before the values, from the longest form to the shortest.</summary>
    private IEnumerable<Func<TerminalStyle, StyledText>> Heads(int current, int? of, string time)
    {
        string step = StepTime(SecondsPerStep(current));
        string speed = SamplesPerSecond(current) is { } samples ? Speed(samples) : "";
        (int Bar, string Tail)[] forms =
            [(BarWidth, step + speed), (BarWidth, step), (BarWidth / 2, step), (BarWidth / 4, step), (BarWidth / 4, "")];
        return forms.Select(form => (Func<TerminalStyle, StyledText>)(style =>
        {
            var head = new StyledText(style.Color);
            AddBar(head, current, of, form.Bar, style);
            return head.Add(" ").Add(time, Bold).Add(form.Tail);
        }));
    }

    private static void AddBar(StyledText text, int current, int? of, int width, TerminalStyle style)
    {
        if (of is not (> 0 and var total))
        {
            text.Add(string.Create(CultureInfo.InvariantCulture, $"{current,7}/Unknown"));
            return;
        }

        string digits = total.ToString(CultureInfo.InvariantCulture);
        int done = Math.Clamp((int)(width * ((double)current / total)), 0, width);
        text.Add($"{current.ToString(CultureInfo.InvariantCulture).PadLeft(digits.Length)}/{digits}", Bold).Add(" ");
        text.Add(new string(style.Bar, done), Green);

        // Without colors the remaining part must look different.
        text.Add(new string(style.Color ? style.Bar : '.', width - done), White);
    }

    private double Seconds(long since) => clock.GetElapsedTime(since).TotalSeconds;

    /// <summary>The first step includes warm-up and is excluded once there are others.</summary>
    private double SecondsPerStep(int current) => current switch
    {
        0 => 0,
        > 1 when afterFirstStep is { } first => Seconds(first) / (current - 1),
        _ => Seconds(start) / current,
    };

    private double? SamplesPerSecond(int current) =>
        SamplesIn(current) is { } samples && SecondsPerStep(current) * current is > 0 and var seconds ? samples / seconds : null;
}
