using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>Changes weights by their gradients. A string such as <c>"adam"</c> becomes one by itself. Keras: <c>optimizers.Optimizer</c>.</summary>
/// <remarks>
/// The order of a step is Keras': gradients are clipped, weights decay by <c>weight · weightDecay · learning rate</c>, then the formula
/// of the optimizer runs. On the CPU that is one pass over memory; on other devices the same formula in tensor operations.
/// </remarks>
public abstract class Optimizer : IDisposable
{
    private readonly LearningRateSchedule? schedule;
    private readonly GradientClipping clipping;
    private readonly List<OptimizedVariable> optimized = [];
    private float learningRate;

    /// <summary>Starts an optimizer.</summary>
    private protected Optimizer(LearningRate learningRate, double? weightDecay, GradientClipping clipping, string? name)
    {
        schedule = learningRate.Schedule;
        if (schedule is null) this.learningRate = Checked(learningRate.Value, nameof(learningRate));
        if (weightDecay is < 0) throw new ArgumentOutOfRangeException(nameof(weightDecay), weightDecay, "weightDecay must be 0 or more.");
        WeightDecay = weightDecay;
        this.clipping = clipping;
        Name = name ?? Layer.SnakeCase(ClassName);
    }

    /// <summary>The name, a part of the paths of its variables in files.</summary>
    public string Name { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Steps taken so far.</summary>
    public long Iterations { get; internal set; }

    /// <summary>The schedule that the learning rate follows, or null.</summary>
    public LearningRateSchedule? Schedule => schedule;

    /// <summary>Share of a weight, times the learning rate, that is taken from it at each step; null for none.</summary>
    public double? WeightDecay { get; }

    /// <summary>The factor of the next step; may be set at any time while training. Kept as a 32-bit float, as in Keras.</summary>
    /// <exception cref="InvalidOperationException">Set although the rate follows a schedule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set to a value that is not a number.</exception>
    public double LearningRate
    {
        get => schedule?.At(Iterations) ?? learningRate;
        set
        {
            if (schedule is not null)
            {
                throw new InvalidOperationException(
                    $"This optimizer was created with the learning-rate schedule {schedule.ClassName}, so its learning rate can't be set. "
                    + "To set it, create the optimizer with a number as its learningRate.");
            }

            learningRate = Checked(value, nameof(value));
        }
    }

    /// <summary>Makes an optimizer, with Keras' defaults, from Keras' name of it: <c>"sgd"</c>, <c>"adam"</c>, <c>"adamw"</c>, <c>"rmsprop"</c>.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator Optimizer(string name) => OptimizerRegistry.Get(name);

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        foreach (OptimizedVariable one in optimized) one.Dispose();
        optimized.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the state for a list of variables exists.</summary>
    internal bool Built { get; private set; }

    /// <summary>The variables in Keras' order: slot by slot where the class groups them so.</summary>
    internal IEnumerable<Variable> SlotVariables => SlotGroups.SelectMany((names, group) =>
        optimized.SelectMany(one => names.Select((_, i) => one.Slots[FirstSlotOf(group) + i])));

    /// <summary>Each state tensor with the variable it belongs to and its name, slot by slot: the first one of all variables, then the second.</summary>
    internal IEnumerable<(Variable Variable, string Slot, Variable State)> StateBySlot =>
        SlotGroups.SelectMany(g => g).SelectMany((name, i) => optimized.Select(one => (one.Variable, name, one.Slots[i])));

    /// <summary>Names of the state tensors of each variable, in groups: Keras lists a whole group for one variable, then for the next.</summary>
    private protected abstract IReadOnlyList<string[]> SlotGroups { get; }

    /// <summary>Makes the state for these variables, in this order; a second call with the same ones does nothing.</summary>
    /// <exception cref="InvalidOperationException">The state exists for other variables.</exception>
    internal void Build(IReadOnlyList<Variable> variables)
    {
        if (Built)
        {
            if (variables.Count == optimized.Count && variables.Zip(optimized).All(pair => ReferenceEquals(pair.First, pair.Second.Variable))) return;
            throw new InvalidOperationException(
                $"The optimizer '{Name}' holds state for {optimized.Count} variables and was asked to train {variables.Count} others. "
                + "After freezing or unfreezing layers, or to train another model, call Compile with a new optimizer.");
        }

        string[] slotNames = [.. SlotGroups.SelectMany(g => g)];
        foreach (Variable variable in variables) optimized.Add(new OptimizedVariable(variable, Name, slotNames, InitialSlotValue));
        Built = true;
    }

    /// <summary>A new optimizer with the same settings and state for these variables as before the first step.</summary>
    internal Optimizer NewLikeIt(IReadOnlyList<Variable> variables)
    {
        Optimizer alike = OptimizerRegistry.Deserialize(Serialize(), Name);
        alike.Iterations = Iterations;
        alike.Build(variables);
        return alike;
    }

    /// <summary>Moves the state to where the variables are.</summary>
    internal void MoveTo(Device device)
    {
        foreach (Variable slot in optimized.SelectMany(one => one.Slots)) slot.MoveTo(device);
    }

    /// <summary>One step: changes every variable by its gradient and clears the gradient.</summary>
    internal void Apply()
    {
        float rate = (float)LearningRate;
        clipping.Apply(optimized);
        BeginStep(rate);
        float decay = (float)((WeightDecay ?? 0) * rate);
        foreach (OptimizedVariable one in optimized)
        {
            using Tensor? gradient = one.TakeGradient();
            if (gradient is null) continue;
            if (one.TryPin(gradient, out FusedStep step)) FusedPass.Run(this, step, decay);
            else Update(one, gradient, decay);
        }

        Iterations++;
    }

    internal JsonObject Serialize() => KerasObject.Wrap("keras.optimizers", ClassName, GetConfig());

    internal JsonObject GetConfig()
    {
        var config = new JsonObject
        {
            ["name"] = Name,
            ["learning_rate"] = schedule is null ? (double)learningRate : schedule.Serialize(),
            ["weight_decay"] = WeightDecay,
            ["clipnorm"] = clipping.Norm,
            ["global_clipnorm"] = clipping.GlobalNorm,
            ["clipvalue"] = clipping.Value,
            ["use_ema"] = false,
            ["ema_momentum"] = 0.99,
            ["ema_overwrite_frequency"] = null,
            ["loss_scale_factor"] = null,
            ["gradient_accumulation_steps"] = null,
        };
        WriteConfig(config);
        return config;
    }

    /// <summary>Computes what is the same for all variables of this step.</summary>
    /// <param name="rate">The learning rate.</param>
    private protected abstract void BeginStep(float rate);

    /// <summary>The formula over raw memory, for elements <paramref name="start"/> to <paramref name="end"/>, a multiple of the vector width.</summary>
    internal abstract unsafe void Update(in FusedStep step, long start, long end);

    /// <summary>The same formula in tensor operations. Runs without gradients.</summary>
    private protected abstract void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots);

    private protected abstract void WriteConfig(JsonObject config);

    private protected virtual double InitialSlotValue(string slot) => 0;

    private void Update(OptimizedVariable one, Tensor gradient, float decay)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        Tensor weight = one.Variable.Value;
        if (decay != 0) weight.sub_(weight * decay);
        Update(weight, gradient, one.Slots);
    }

    private int FirstSlotOf(int group) => SlotGroups.Take(group).Sum(g => g.Length);

    private static float Checked(double rate, string argument) => double.IsNaN(rate)
        ? throw new ArgumentOutOfRangeException(argument, rate, "A learning rate must be a number.")
        : (float)rate;
}
