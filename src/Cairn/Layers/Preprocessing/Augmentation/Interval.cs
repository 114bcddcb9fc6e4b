using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// Where a random number is drawn from: two limits, or one number, from which the layer makes them, mostly minus it to plus it. A number and a
/// pair become one by themselves: <c>factor: 0.2</c>, <c>factor: (-0.1, 0.3)</c>.
/// </summary>
public readonly record struct Interval
{
    private readonly double lower;
    private readonly double upper;

    private Interval(double lower, double upper, bool isPair)
    {
        this.lower = lower;
        this.upper = upper;
        IsPair = isPair;
    }

    /// <summary>Whether both limits were given.</summary>
    public bool IsPair { get; }

    /// <summary>One number.</summary>
    public static implicit operator Interval(double number) => new(number, number, isPair: false);

    /// <summary>Two limits.</summary>
    public static implicit operator Interval((double Lower, double Upper) limits) => new(limits.Lower, limits.Upper, isPair: true);

    /// <summary>The number, or the two limits as Python writes them.</summary>
    public override string ToString() =>
        IsPair ? string.Create(CultureInfo.InvariantCulture, $"({lower}, {upper})") : lower.ToString(CultureInfo.InvariantCulture);

    /// <summary>The limits in order; of one number minus it and plus it, or the least that is allowed.</summary>
    internal (double Lower, double Upper) Limits(double least, double most, string argument)
    {
        if (!(lower >= least && lower <= most && upper >= least && upper <= most))
        {
            throw new ArgumentOutOfRangeException(
                argument, ToString(),
                string.Create(CultureInfo.InvariantCulture, $"{argument} is a number, or a pair of numbers, of {least} to {most}."));
        }

        return IsPair ? (Math.Min(lower, upper), Math.Max(lower, upper)) : (Math.Max(-Math.Abs(upper), least), Math.Abs(upper));
    }

    /// <summary>Both limits as they were given.</summary>
    internal (double Lower, double Upper) Given => (lower, upper);

    internal static Interval Read(ConfigReader config, string key, Interval? fallback = null) => ReadOptional(config, key) ?? fallback
        ?? throw config.Error(key, "expected a number or two numbers, found nothing");

    internal static Interval? ReadOptional(ConfigReader config, string key) => config.OptionalDoubles(key) switch
    {
        null => null,
        [double single] => single,
        [double lower, double upper] => (lower, upper),
        _ => throw config.Error(key, "expected a number or two numbers"),
    };

    internal JsonNode ToJson() => IsPair ? ToJson((lower, upper)) : JsonValue.Create(lower);

    /// <summary>Limits as Keras mostly writes them: a lower one of 0 as a whole number, all others not.</summary>
    internal static JsonArray ToJson((double Lower, double Upper) limits) =>
        new(limits.Lower == 0 ? JsonValue.Create(0) : JsonValue.Create(limits.Lower), JsonValue.Create(limits.Upper));
}
