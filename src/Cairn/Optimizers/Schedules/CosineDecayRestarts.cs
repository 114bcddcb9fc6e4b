using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>
/// Cosine decay with warm restarts (Loshchilov and Hutter, 2016). Keras: <c>optimizers.schedules.CosineDecayRestarts</c>.
/// </summary>
/// <remarks>
/// Period i, counted from 0, takes <c>firstDecaySteps · tMulⁱ</c> steps and starts at <c>initial · mMulⁱ</c>; the learning rate is
/// <c>initial · ((1 - alpha) · mMulⁱ · (1 + cos(π · fraction of the period)) / 2 + alpha)</c>.
/// </remarks>
public sealed class CosineDecayRestarts : LearningRateSchedule
{
    private readonly double initialLearningRate;
    private readonly double firstDecaySteps;
    private readonly double tMul;
    private readonly double mMul;
    private readonly double alpha;

    /// <summary>Creates a cosine decay with restarts.</summary>
    /// <param name="initialLearningRate">The initial learning rate.</param>
    /// <param name="firstDecaySteps">Number of steps of the first period, above 0.</param>
    /// <param name="tMul">Ratio of the lengths of successive periods, above 0; 2 by default.</param>
    /// <param name="mMul">Ratio of the initial learning rates of successive periods; 1 by default.</param>
    /// <param name="alpha">Minimum learning rate as a fraction of the initial one; 0 by default.</param>
    /// <param name="name">Name of the schedule; has no effect.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="firstDecaySteps"/> is not above 0; <paramref name="tMul"/> is not above 0.
    /// </exception>
    public CosineDecayRestarts(
        double initialLearningRate,
        double firstDecaySteps,
        double tMul = 2,
        double mMul = 1,
        double alpha = 0,
        string name = "SGDRDecay")
        : base(name)
    {
        this.initialLearningRate = initialLearningRate;
        this.firstDecaySteps = Positive(firstDecaySteps, nameof(firstDecaySteps));
        this.tMul = Positive(tMul, nameof(tMul));
        this.mMul = mMul;
        this.alpha = alpha;
    }

    /// <inheritdoc/>
    public override float At(long step)
    {
        float growth = (float)tMul;
        float lowest = (float)alpha;
        float waves = step / (float)firstDecaySteps;
        float wave;
        if (growth == 1)
        {
            wave = MathF.Floor(waves);
            waves -= wave;
        }
        else
        {
            // The total length of the previous periods is the geometric sum (1 - growth^wave) / (1 - growth).
            wave = MathF.Floor(MathF.Log(1 - (waves * (1 - growth))) / MathF.Log(growth));
            float length = MathF.Pow(growth, wave);
            waves = (waves - ((1 - length) / (1 - growth))) / length;
        }

        float cosine = 0.5f * MathF.Pow((float)mMul, wave) * (1 + MathF.Cos(MathF.PI * waves));
        return (float)initialLearningRate * (((1 - lowest) * cosine) + lowest);
    }

    internal static CosineDecayRestarts FromConfig(ConfigReader config) => new(
        config.Double("initial_learning_rate"),
        config.Double("first_decay_steps"),
        config.Double("t_mul", 2),
        config.Double("m_mul", 1),
        config.Double("alpha", 0),
        config.OptionalString("name") ?? "SGDRDecay");

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["initial_learning_rate"] = initialLearningRate;
        config["first_decay_steps"] = Whole(firstDecaySteps);
        config["t_mul"] = tMul;
        config["m_mul"] = mMul;
        config["alpha"] = alpha;
    }
}
