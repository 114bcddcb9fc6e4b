using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>A piecewise constant learning rate. Keras: <c>optimizers.schedules.PiecewiseConstantDecay</c>.</summary>
public sealed class PiecewiseConstantDecay : LearningRateSchedule
{
    private readonly double[] boundaries;
    private readonly double[] values;

    /// <summary>Creates a piecewise constant decay.</summary>
    /// <param name="boundaries">
    /// The last step of each value, inclusive, in ascending order; one or more. Keras truncates fractions of steps.
    /// </param>
    /// <param name="values">The learning rates: one for each boundary, and one for the steps after the last.</param>
    /// <param name="name">Name of the schedule; has no effect.</param>
    /// <exception cref="ArgumentException">
    /// There are no boundaries, they are not ascending, or the number of values is not the number of boundaries plus 1.
    /// </exception>
    public PiecewiseConstantDecay(IReadOnlyList<double> boundaries, IReadOnlyList<double> values, string name = "PiecewiseConstant")
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(boundaries);
        ArgumentNullException.ThrowIfNull(values);
        if (boundaries.Count == 0)
        {
            throw new ArgumentException("boundaries must have at least one step.", nameof(boundaries));
        }

        if (values.Count != boundaries.Count + 1)
        {
            throw new ArgumentException(
                $"values must have one element more than boundaries; got {values.Count} values for {boundaries.Count} boundaries.",
                nameof(values));
        }

        for (int i = 0; i < boundaries.Count; i++)
        {
            if (!double.IsFinite(boundaries[i]) || (i > 0 && boundaries[i] < boundaries[i - 1]))
            {
                throw new ArgumentException($"boundaries must be in ascending order; got {string.Join(", ", boundaries)}.",
                    nameof(boundaries));
            }
        }

        this.boundaries = [.. boundaries];
        this.values = [.. values];
    }

    /// <inheritdoc/>
    public override float At(long step)
    {
        int piece = Array.FindIndex(boundaries, boundary => step <= Math.Truncate(boundary));
        return (float)(piece < 0 ? values[^1] : values[piece]);
    }

    internal static PiecewiseConstantDecay FromConfig(ConfigReader config) => new(
        config.Doubles("boundaries"),
        config.Doubles("values"),
        config.OptionalString("name") ?? "PiecewiseConstant");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["boundaries"] = new JsonArray([.. boundaries.Select(Whole)]);
        config["values"] = new JsonArray([.. values.Select(v => JsonValue.Create(v))]);
    }
}
