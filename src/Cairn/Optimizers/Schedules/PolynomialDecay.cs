using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>
/// <c>(initial - end) · (1 - step / decaySteps) ^ power + end</c>, then constant. Keras: <c>optimizers.schedules.PolynomialDecay</c>.
/// </summary>
public sealed class PolynomialDecay : LearningRateSchedule
{
    private readonly double initialLearningRate;
    private readonly double decaySteps;
    private readonly double endLearningRate;
    private readonly double power;
    private readonly bool cycle;

    /// <summary>Creates a polynomial decay.</summary>
    /// <param name="initialLearningRate">The initial learning rate.</param>
    /// <param name="decaySteps">Number of decay steps, above 0.</param>
    /// <param name="endLearningRate">The final learning rate; 0.0001 by default.</param>
    /// <param name="power">The power of the polynomial; 1 (linear) by default.</param>
    /// <param name="cycle">Whether to continue after the end with decays over 2, 3, … times as many steps; false by default.</param>
    /// <param name="name">Name of the schedule; has no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decaySteps"/> is not above 0.</exception>
    public PolynomialDecay(
        double initialLearningRate,
        double decaySteps,
        double endLearningRate = 0.0001,
        double power = 1,
        bool cycle = false,
        string name = "PolynomialDecay")
        : base(name)
    {
        this.initialLearningRate = initialLearningRate;
        this.decaySteps = Positive(decaySteps, nameof(decaySteps));
        this.endLearningRate = endLearningRate;
        this.power = power;
        this.cycle = cycle;
    }

    /// <inheritdoc/>
    public override float At(long step)
    {
        float steps = (float)decaySteps;
        float end = (float)endLearningRate;
        if (cycle && step > 0)
        {
            steps *= MathF.Ceiling(step / steps);
        }

        float fraction = (cycle ? step : MathF.Min(step, steps)) / steps;
        return (((float)initialLearningRate - end) * MathF.Pow(1 - fraction, (float)power)) + end;
    }

    internal static PolynomialDecay FromConfig(ConfigReader config) => new(
        config.Double("initial_learning_rate"),
        config.Double("decay_steps"),
        config.Double("end_learning_rate", 0.0001),
        config.Double("power", 1),
        config.Bool("cycle", false),
        config.OptionalString("name") ?? "PolynomialDecay");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["initial_learning_rate"] = initialLearningRate;
        config["decay_steps"] = Whole(decaySteps);
        config["end_learning_rate"] = endLearningRate;
        config["power"] = power;
        config["cycle"] = cycle;
    }
}
