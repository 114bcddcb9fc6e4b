using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>
/// Cosine decay from the initial learning rate to a fraction of it, with an optional warmup. Keras:
/// <c>optimizers.schedules.CosineDecay</c>.
/// </summary>
/// <remarks>
/// <c>from · ((1 - alpha) · (1 + cos(π · step / decaySteps)) / 2 + alpha)</c>, where from is the initial learning rate, or the warmup
/// target if there is a warmup.
/// </remarks>
public sealed class CosineDecay : LearningRateSchedule
{
    private readonly double initialLearningRate;
    private readonly double decaySteps;
    private readonly double alpha;
    private readonly double? warmupTarget;
    private readonly double warmupSteps;

    /// <summary>Creates a cosine decay.</summary>
    /// <param name="initialLearningRate">The initial learning rate.</param>
    /// <param name="decaySteps">Number of decay steps, without the warmup; above 0.</param>
    /// <param name="alpha">The final learning rate as a fraction of that at the start of the decay; 0 by default.</param>
    /// <param name="name">Name of the schedule; has no effect.</param>
    /// <param name="warmupTarget">The learning rate at the end of the linear warmup; null (default) for no warmup.</param>
    /// <param name="warmupSteps">Number of warmup steps; 0 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decaySteps"/> is not above 0.</exception>
    public CosineDecay(
        double initialLearningRate,
        double decaySteps,
        double alpha = 0,
        string name = "CosineDecay",
        double? warmupTarget = null,
        double warmupSteps = 0)
        : base(name)
    {
        this.initialLearningRate = initialLearningRate;
        this.decaySteps = Positive(decaySteps, nameof(decaySteps));
        this.alpha = alpha;
        this.warmupTarget = warmupTarget;
        this.warmupSteps = warmupSteps;
    }

    /// <inheritdoc/>
    public override float At(long step)
    {
        float initial = (float)initialLearningRate;
        float steps = (float)decaySteps;
        if (warmupTarget is not { } wanted)
        {
            return Decayed(MathF.Min(step, steps), initial);
        }

        float target = (float)wanted;
        float warmup = (float)warmupSteps;
        float at = MathF.Min(step, steps + warmup);
        return at < warmup ? ((target - initial) * (at / warmup)) + initial : Decayed(at - warmup, target);
    }

    internal static CosineDecay FromConfig(ConfigReader config) => new(
        config.Double("initial_learning_rate"),
        config.Double("decay_steps"),
        config.Double("alpha", 0),
        config.OptionalString("name") ?? "CosineDecay",
        config.OptionalDouble("warmup_target"),
        config.Double("warmup_steps", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["initial_learning_rate"] = initialLearningRate;
        config["decay_steps"] = Whole(decaySteps);
        config["alpha"] = alpha;
        config["warmup_target"] = warmupTarget;
        config["warmup_steps"] = Whole(warmupSteps);
    }

    private float Decayed(float step, float from)
    {
        float cosine = 0.5f * (1 + MathF.Cos(MathF.PI * (step / (float)decaySteps)));
        return from * (((float)(1 - alpha) * cosine) + (float)alpha);
    }
}
