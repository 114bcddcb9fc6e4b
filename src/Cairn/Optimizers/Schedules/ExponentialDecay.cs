using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>
/// Exponential decay, <c>initial · decayRate ^ (step / decaySteps)</c>. Keras: <c>optimizers.schedules.ExponentialDecay</c>.
/// </summary>
public sealed class ExponentialDecay : LearningRateSchedule
{
    private readonly double initialLearningRate;
    private readonly double decaySteps;
    private readonly double decayRate;
    private readonly bool staircase;

    /// <summary>Creates an exponential decay.</summary>
    /// <param name="initialLearningRate">The initial learning rate.</param>
    /// <param name="decaySteps">Number of steps per multiplication by <paramref name="decayRate"/>, above 0.</param>
    /// <param name="decayRate">The decay rate.</param>
    /// <param name="staircase">Whether to decay at discrete intervals of <paramref name="decaySteps"/> steps; false by default.</param>
    /// <param name="name">Name of the schedule; has no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decaySteps"/> is not above 0.</exception>
    public ExponentialDecay(
        double initialLearningRate,
        double decaySteps,
        double decayRate,
        bool staircase = false,
        string name = "ExponentialDecay")
        : base(name)
    {
        this.initialLearningRate = initialLearningRate;
        this.decaySteps = Positive(decaySteps, nameof(decaySteps));
        this.decayRate = decayRate;
        this.staircase = staircase;
    }

    /// <inheritdoc/>
    public override float At(long step)
    {
        float decays = step / (float)decaySteps;
        if (staircase)
        {
            decays = MathF.Floor(decays);
        }

        return (float)initialLearningRate * MathF.Pow((float)decayRate, decays);
    }

    internal static ExponentialDecay FromConfig(ConfigReader config) => new(
        config.Double("initial_learning_rate"),
        config.Double("decay_steps"),
        config.Double("decay_rate"),
        config.Bool("staircase", false),
        config.OptionalString("name") ?? "ExponentialDecay");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["initial_learning_rate"] = initialLearningRate;
        config["decay_steps"] = Whole(decaySteps);
        config["decay_rate"] = decayRate;
        config["staircase"] = staircase;
    }
}
