using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Dynamic loss scaling, which prevents underflow of gradients: multiplies the loss by a scale before computing gradients, divides the
/// gradients by it, and adjusts the scale during training. Keras: <c>optimizers.LossScaleOptimizer</c>.
/// </summary>
/// <remarks>
/// A step whose scaled gradients contain NaN or infinity is skipped and halves the scale; <c>dynamicGrowthSteps</c> consecutive steps with
/// finite gradients double it. The inner optimizer does everything else: learning rate and iterations, clipping, EMA and accumulation. It
/// sees unscaled gradients, and nothing of a skipped step; the same holds for the callbacks' <c>OnGradients</c>.
/// </remarks>
public sealed class LossScaleOptimizer : Optimizer
{
    // The bounds of the scale, the powers of two of normal 32-bit floats: beyond them it would stay infinite or zero.
    private const float Least = 1.17549435e-38f;
    private const float Most = 1.70141183e38f;
    private readonly List<Variable> own = [];

    /// <summary>Wraps an optimizer.</summary>
    /// <param name="innerOptimizer">The optimizer that updates the weights. Its <c>lossScaleFactor</c> is not used.</param>
    /// <param name="initialScale">
    /// The initial scale, above 0 and below 2^128; 32768 by default. A scale that is too high is lowered quickly.
    /// </param>
    /// <param name="dynamicGrowthSteps">
    /// Number of steps with finite gradients after which the scale is doubled, 1 or more; 2000 by default.
    /// </param>
    /// <param name="name">Name of the optimizer; <c>loss_scale_optimizer</c> by default.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerOptimizer"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="innerOptimizer"/> scales the loss itself.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public LossScaleOptimizer(Optimizer innerOptimizer, double initialScale = 32768, int dynamicGrowthSteps = 2000, string? name = null)
        : base(OptimizerSettings.Default with { Name = name }, 0)
    {
        ArgumentNullException.ThrowIfNull(innerOptimizer);
        if (innerOptimizer is LossScaleOptimizer)
        {
            throw new ArgumentException("innerOptimizer is already a LossScaleOptimizer; the loss can only be scaled once.",
                nameof(innerOptimizer));
        }

        if (!IsScale((float)initialScale))
        {
            throw new ArgumentOutOfRangeException(nameof(initialScale), initialScale,
                "initialScale must be above 0 and finite as a 32-bit float (below 2^128).");
        }

        if (dynamicGrowthSteps < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(dynamicGrowthSteps), dynamicGrowthSteps, "dynamicGrowthSteps must be 1 or more.");
        }

        (InnerOptimizer, InitialScale, DynamicGrowthSteps) = (innerOptimizer, initialScale, dynamicGrowthSteps);
        innerOptimizer.DropLossScaleFactor();
    }

    /// <summary>The optimizer that updates the weights.</summary>
    public Optimizer InnerOptimizer { get; }

    /// <summary>The initial scale.</summary>
    public double InitialScale { get; }

    /// <summary>Number of steps with finite gradients after which the scale is doubled.</summary>
    public int DynamicGrowthSteps { get; }

    /// <summary>The factor the loss of the next step is multiplied by.</summary>
    public double DynamicScale => Built ? own[1].Value.item<float>() : (float)InitialScale;

    /// <inheritdoc/>
    public override long Iterations => InnerOptimizer.Iterations;

    /// <inheritdoc/>
    public override LearningRateSchedule? Schedule => InnerOptimizer.Schedule;

    /// <inheritdoc/>
    public override double LearningRate
    {
        get => InnerOptimizer.LearningRate;
        set => InnerOptimizer.LearningRate = value;
    }

    internal override Optimizer Inner => InnerOptimizer;

    internal override long Steps
    {
        get => InnerOptimizer.Steps;
        set => InnerOptimizer.Steps = value;
    }

    internal override double? LossScaleFactor => DynamicScale;

    /// <summary>
    /// The iteration and learning rate that Keras lists for the wrapper are always 0; those of the inner optimizer follow.
    /// </summary>
    internal override int ScalarCount => 2 + InnerOptimizer.ScalarCount;

    internal override IReadOnlyList<Variable> SlotVariables => [.. own, .. InnerOptimizer.SlotVariables];

    /// <summary>The number of finite steps since the scale changed, and the scale; empty before the first training.</summary>
    internal IReadOnlyList<Variable> ScaleVariables => own;

    // The inner optimizer has the formula.
    private protected override IReadOnlyList<string[]> SlotGroups => [];

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (Variable variable in own)
        {
            variable.Dispose();
        }

        own.Clear();
        Built = false;
        InnerOptimizer.Dispose();
        base.Dispose();
    }

    /// <summary>Whether a number is valid as a factor and as a divisor.</summary>
    internal static bool IsScale(float number) => number > 0 && float.IsFinite(number);

    internal static LossScaleOptimizer FromConfig(ConfigReader config, OptimizerSettings settings)
    {
        if (settings with { Name = null, LearningRate = null } != OptimizerSettings.Default)
        {
            throw new ConfigException(config.Place, "set weight decay, clipping, EMA and accumulation on inner_optimizer");
        }

        return new LossScaleOptimizer(
            OptimizerRegistry.Deserialize(config.Node("inner_optimizer"), $"{config.Place}/inner_optimizer"),
            config.Double("initial_scale", 32768),
            config.Int("dynamic_growth_steps", 2000),
            settings.Name);
    }

    /// <inheritdoc/>
    public override void Build(IReadOnlyList<Variable> variables)
    {
        InnerOptimizer.Build(variables);
        MakeScale();
    }

    internal override void UseVariables(IReadOnlyList<Variable> variables)
    {
        InnerOptimizer.UseVariables(variables);
        MakeScale();
    }

    internal override Action<IReadOnlyList<Gradient>>? Watch
    {
        get => InnerOptimizer.Watch;
        set => InnerOptimizer.Watch = value;
    }

    internal override IEnumerable<Variable> Variables => InnerOptimizer.Variables;

    internal override void ApplyHere()
    {
        float scale = (float)DynamicScale;
        if (!InnerOptimizer.AreGradientsFinite())
        {
            InnerOptimizer.DropGradients();
            SetScale(0, scale / 2);
            return;
        }

        InnerOptimizer.DivideGradients(scale);
        InnerOptimizer.ApplyHere();
        int counted = own[0].Value.item<int>() + 1;
        if (counted >= DynamicGrowthSteps)
        {
            SetScale(0, scale * 2);
        }
        else
        {
            SetScale(counted, scale);
        }
    }

    /// <summary>Sets the number of finite steps since the scale changed, and the scale.</summary>
    internal void SetScale(int counted, float scale)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        own[0].Value.fill_(Held(counted));
        own[1].Value.fill_(Held(Math.Clamp(scale, Least, Most)));
    }

    internal override void FinalizeVariableValues() => InnerOptimizer.FinalizeVariableValues();

    internal override JsonObject GetConfig()
    {
        var config = new JsonObject { ["name"] = Name };
        WriteConfig(config);
        return config;
    }

    private protected override void WriteConfig(JsonObject config)
    {
        config["inner_optimizer"] = InnerOptimizer.Serialize();
        config["initial_scale"] = InitialScale;
        config["dynamic_growth_steps"] = DynamicGrowthSteps;
    }

    private protected override void BeginStep(float rate) => throw NoFormula();

    private protected override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots) => throw NoFormula();

    private NotSupportedException NoFormula() => new($"The weights are updated by {InnerOptimizer.ClassName}.");

    private void MakeScale()
    {
        if (Built)
        {
            return;
        }

        own.Add(new Variable("step_counter", zeros([], ScalarType.Int32), trainable: false) { Path = $"{Name}/step_counter" });
        own.Add(new Variable("dynamic_scale", tensor((float)InitialScale), trainable: false) { Path = $"{Name}/dynamic_scale" });
        Built = true;
    }
}
