using System.Globalization;
using System.Text;

namespace Cairn.Callbacks;

/// <summary>
/// The progress of one epoch, evaluation or prediction on one line: how far, how long, and the numbers.
/// Looks like Keras' <c>Progbar</c>.
/// </summary>
internal sealed class ProgressBar
{
    private const int BarWidth = 20;
    private const double SecondsBetweenDraws = 0.05;
    private const string Bold = "\x1b[1m";
    private const string Green = "\x1b[32m";
    private const string White = "\x1b[37m";
    private const string Reset = "\x1b[0m";
    private readonly int? target;
    private readonly TerminalStyle style;
    private readonly OutputLine line;
    private readonly TimeProvider clock;
    private readonly long start;
    private long? afterFirstStep;
    private long? lastDraw;

    public ProgressBar(int? target, TerminalStyle style, OutputLine line, TimeProvider clock)
    {
        (this.target, this.style, this.line, this.clock) = (target, style, line, clock);
        start = clock.GetTimestamp();
    }

    /// <summary>Notes that a step is done and tells whether it is time to draw: at most 20 times a second.</summary>
    public bool Advance(int current)
    {
        if (current == 1)
        {
            afterFirstStep = clock.GetTimestamp();
        }

        return style.Live && (lastDraw is not { } last || Seconds(last) >= SecondsBetweenDraws);
    }

    /// <summary>Draws the bar and leaves its line open.</summary>
    public void Draw(int current, IEnumerable<KeyValuePair<string, double>> values)
    {
        lastDraw = clock.GetTimestamp();
        var text = new Line(style.Color, style.Width - 1);
        AddBar(text, current, target);
        if (target is > 0 and var total)
        {
            text.Add(" ").Add(Remaining(SecondsPerStep(current) * (total - current)), Bold);
        }
        else
        {
            text.Add(" ").Add($"{PythonNumber.Fixed(Seconds(start), 0)}s", Bold);
        }

        text.Add(StepTime(SecondsPerStep(current))).Add(Values(values, positiveOnly: false));
        line.Redraw(text.ToString(), text.Visible);
    }

    /// <summary>Draws the bar for the last time and ends its line.</summary>
    public void Finish(int current, IEnumerable<KeyValuePair<string, double>> values)
    {
        var text = new Line(style.Color, int.MaxValue);
        AddBar(text, current, current);
        text.Add(" ").Add($"{PythonNumber.Fixed(Seconds(start), 0)}s", Bold);
        text.Add(StepTime(SecondsPerStep(current))).Add(Values(values, positiveOnly: false));
        line.Finish(text.ToString(), text.Visible);
    }

    /// <summary>The one line of <c>verbose: 2</c>.</summary>
    public string Summary(int current, IEnumerable<KeyValuePair<string, double>> values)
    {
        var time = $"{PythonNumber.Fixed(Seconds(start), 0)}s -{StepTime(SecondsPerStep(current))}";
        return string.Create(CultureInfo.InvariantCulture, $"{current}/{current} - {time}{string.Concat(Values(values, positiveOnly: true))}");
    }

    private static string Remaining(double seconds)
    {
        var whole = (long)seconds;
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

    /// <summary>
    /// Four decimals, or an exponent for what four decimals would hide. Keras' one-line form uses the exponent for negative numbers
    /// too.
    /// </summary>
    private static IEnumerable<string> Values(IEnumerable<KeyValuePair<string, double>> values, bool positiveOnly) =>
        from pair in values
        let plain = (positiveOnly ? pair.Value : Math.Abs(pair.Value)) > 1e-3
        select $" - {pair.Key}: {(plain ? PythonNumber.Fixed(pair.Value, 4) : PythonNumber.Exponential(pair.Value, 4))}";

    private void AddBar(Line text, int current, int? of)
    {
        if (of is not (> 0 and var total))
        {
            text.Add(string.Create(CultureInfo.InvariantCulture, $"{current,7}/Unknown"));
            return;
        }

        var digits = total.ToString(CultureInfo.InvariantCulture);
        var done = Math.Clamp((int)(BarWidth * ((double)current / total)), 0, BarWidth);
        text.Add($"{current.ToString(CultureInfo.InvariantCulture).PadLeft(digits.Length)}/{digits}", Bold).Add(" ");
        text.Add(new string(style.Bar, done), Green);

        // Without colours the part that is still to come must look different.
        text.Add(new string(style.Color ? style.Bar : '.', BarWidth - done), White);
    }

    private double Seconds(long since) => clock.GetElapsedTime(since).TotalSeconds;

    /// <summary>The first step warms up, so it does not count as soon as there are others.</summary>
    private double SecondsPerStep(int current) => current switch
    {
        0 => 0,
        > 1 when afterFirstStep is { } first => Seconds(first) / (current - 1),
        _ => Seconds(start) / current,
    };

    /// <summary>
    /// Text that knows how much room it takes. The first part that does not fit is left out, and all after it: half a number would
    /// mislead.
    /// </summary>
    private sealed class Line(bool color, int room)
    {
        private readonly StringBuilder text = new();
        private bool full;

        public int Visible { get; private set; }

        public Line Add(string part, string? code = null)
        {
            full |= part.Length > room - Visible;
            if (!full && part.Length > 0)
            {
                Visible += part.Length;
                text.Append(color && code is not null ? code + part + Reset : part);
            }

            return this;
        }

        public Line Add(IEnumerable<string> parts)
        {
            foreach (var part in parts)
            {
                Add(part);
            }

            return this;
        }

        public override string ToString() => text.ToString();
    }
}
