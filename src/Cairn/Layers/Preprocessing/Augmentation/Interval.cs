using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>
/// The range of a random number: two limits, or one number f, which most layers take as -f to f. Converts implicitly from a number or a
/// pair: <c>factor: 0.2</c>, <c>factor: (-0.1, 0.3)</c>.
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

    /// <summary>Converts implicitly from one number.</summary>
    public static implicit operator Interval(double number) => new(number, number, isPair: false);

    /// <summary>Converts implicitly from two limits.</summary>
    public static implicit operator Interval((double Lower, double Upper) limits) => new(limits.Lower, limits.Upper, isPair: true);

    /// <summary>Formats the number, or the two limits as a Python tuple.</summary>
    public override string ToString() =>
        IsPair ? string.Create(CultureInfo.InvariantCulture, $"({lower}, {upper})") : lower.ToString(CultureInfo.InvariantCulture);

    /// <summary>The limits in order; for one number f, -f and f, but not below <paramref name="least"/>.</summary>
    internal (double Lower, double Upper) Limits(double least, double most, string argument)
    {
        if (!(lower >= least && lower <= most && upper >= least && upper <= most))
        {
            throw new ArgumentOutOfRangeException(
                argument,
                ToString(),
                string.Create(CultureInfo.InvariantCulture,
                $"{argument} must be a number or a pair of numbers between {least} and {most}."));
        }

        return IsPair ? (Math.Min(lower, upper), Math.Max(lower, upper)) : (Math.Max(-Math.Abs(upper), least), Math.Abs(upper));
    }

    /// <summary>The limits as given.</summary>
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

    /// <summary>The limits as Keras usually writes them: a lower limit of 0 as an integer, all others as floats.</summary>
    internal static JsonArray ToJson((double Lower, double Upper) limits) =>
        new(limits.Lower == 0 ? JsonValue.Create(0) : JsonValue.Create(limits.Lower), JsonValue.Create(limits.Upper));
}
