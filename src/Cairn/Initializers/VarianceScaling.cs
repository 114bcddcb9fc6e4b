using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>Random values with variance <c>scale / fan</c>, which preserves the scale of signals from layer to layer.</summary>
/// <remarks>
/// The fans of a kernel <c>[..., inputs, outputs]</c> are inputs and outputs, each times the size of the receptive field. The standard
/// deviation of a truncated normal is multiplied by 1 / 0.87962566 to compensate for the truncation, as in Keras.
/// </remarks>
public class VarianceScaling : Initializer
{
    private readonly double scale;
    private readonly string mode;
    private readonly string distribution;
    private readonly Axes? inputAxes;
    private readonly Axes? outputAxes;

    /// <summary>Creates a variance scaling initializer.</summary>
    /// <param name="scale">Positive factor; 1 by default.</param>
    /// <param name="mode"><c>fan_in</c> (default), <c>fan_out</c> or <c>fan_avg</c>.</param>
    /// <param name="distribution"><c>truncated_normal</c> (default), <c>untruncated_normal</c> or <c>uniform</c>.</param>
    /// <param name="seed">The seed, or null to derive it from the model's seed.</param>
    /// <param name="inputAxes">
    /// The axes that define the fan in, together with <paramref name="outputAxes"/>; null for the rule above.
    /// </param>
    /// <param name="outputAxes">The axes that define the fan out; null for the rule above.</param>
    /// <exception cref="ArgumentException">An argument is not one of the allowed values.</exception>
    public VarianceScaling(
        double scale = 1, string mode = "fan_in", string distribution = "truncated_normal", long? seed = null, Axes? inputAxes = null,
        Axes? outputAxes = null)
        : base(seed)
    {
        if (!(scale > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale must be a positive number.");
        }

        this.scale = scale;
        this.mode = Allowed(mode, nameof(mode), "fan_in", "fan_out", "fan_avg");
        this.distribution = Allowed(
            distribution == "normal" ? "truncated_normal" : distribution, nameof(distribution), "truncated_normal",
            "untruncated_normal", "uniform");
        this.inputAxes = inputAxes;
        this.outputAxes = outputAxes;
    }

    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        (double fanIn, double fanOut) = Fans(shape);
        double fan = mode switch { "fan_in" => fanIn, "fan_out" => fanOut, _ => (fanIn + fanOut) / 2 };
        double variance = scale / Math.Max(1, fan);
        switch (distribution)
        {
            case "uniform":
                double limit = Math.Sqrt(3 * variance);
                foreach (ref float value in values)
                {
                    value = (float)(limit * ((2 * random.NextDouble()) - 1));
                }

                break;
            case "truncated_normal":
                double widened = Math.Sqrt(variance) / 0.87962566103423978;
                foreach (ref float value in values)
                {
                    value = (float)(widened * Initializers.TruncatedNormal.Draw(ref random));
                }

                break;
            default:
                double deviation = Math.Sqrt(variance);
                foreach (ref float value in values)
                {
                    value = (float)(deviation * random.NextNormal());
                }

                break;
        }
    }

    internal override Initializer ForAxes(IReadOnlyList<int> inputAxes, IReadOnlyList<int> outputAxes) =>
        this.inputAxes is not null && this.outputAxes is not null
        ? this
        : new VarianceScaling(scale, mode, distribution, Seed, Axes.Create([.. inputAxes]), Axes.Create([.. outputAxes]));

    internal override JsonObject GetConfig()
    {
        var config = new JsonObject();
        if (GetType() == typeof(VarianceScaling))
        {
            config["scale"] = scale;
            config["mode"] = mode;
            config["distribution"] = distribution;
        }

        config["seed"] = Seed;

        // Keras 3 versions without these keys can't read a file that has them, so they are omitted if they have no effect.
        if (inputAxes is not null)
        {
            config["input_axes"] = inputAxes.ToJson();
        }

        if (outputAxes is not null)
        {
            config["output_axes"] = outputAxes.ToJson();
        }

        return config;
    }

    private (double In, double Out) Fans(Shape shape)
    {
        if (inputAxes is not null && outputAxes is not null)
        {
            return (Product(inputAxes), Product(outputAxes));
        }

        switch (shape.Rank)
        {
            case 0: return (1, 1);
            case 1: return (shape[0], shape[0]);
            default:
                double receptiveField = 1;
                for (int axis = 0; axis < shape.Rank - 2; axis++)
                {
                    receptiveField *= shape[axis];
                }

                return (shape[^2] * receptiveField, shape[^1] * receptiveField);
        }

        double Product(Axes axes) => axes.Resolve(shape.Rank, ClassName).Aggregate(1.0, (product, axis) => product * shape[axis]);
    }

    private static string Allowed(string value, string argument, params string[] allowed) => allowed.Contains(value)
        ? value
        : throw new ArgumentException($"{argument} '{value}' is unknown. {NearestName.Hint(value, allowed)}", argument);
}
