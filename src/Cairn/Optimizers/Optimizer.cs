using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Updates weights by their gradients. Converts implicitly from a string such as <c>"adam"</c>. Keras: <c>optimizers.Optimizer</c>.
/// </summary>
/// <remarks>
/// A step has the same order as in Keras: gradients are clipped, weights decay by <c>weight · weightDecay · learning rate</c>, then the
/// update is applied. On the CPU this is one pass over memory; on other devices it uses tensor operations.
/// </remarks>
[SavedKind]
public abstract partial class Optimizer : IDisposable
{
    private readonly LearningRateSchedule? schedule;
    private OptimizerSettings settings;
    private readonly GradientClipping clipping;
    private readonly MovingAverage? average;
    private GradientSums? accumulation;
    private readonly List<OptimizedVariable> optimized = [];
    private readonly List<Variable> shared = [];
    private readonly List<Variable> state = [];
    private float learningRate;
    private long steps;
    private long stepsBefore;
    private long changesBefore;

    /// <summary>Initializes the optimizer.</summary>
    private protected Optimizer(OptimizerSettings settings, double defaultLearningRate)
    {
        this.settings = settings;
        LearningRate rate = settings.LearningRate ?? defaultLearningRate;
        schedule = rate.Schedule;
        if (schedule is null)
        {
            learningRate = Checked(rate.Value, nameof(learningRate));
        }

        if (settings.WeightDecay is < 0)
        {
            throw new ArgumentOutOfRangeException("weightDecay", settings.WeightDecay, "weightDecay must be 0 or more.");
        }

        if (settings.LossScaleFactor is { } factor && !(factor > 0))
        {
            throw new ArgumentOutOfRangeException("lossScaleFactor", factor, "lossScaleFactor must be above 0, or null.");
        }

        clipping = new GradientClipping(settings.ClipNorm, settings.ClipValue, settings.GlobalClipNorm);
        if (settings.UseEma)
        {
            average = new MovingAverage(settings.EmaMomentum, settings.EmaOverwriteFrequency);
        }

        if (settings.GradientAccumulationSteps is { } steps)
        {
            accumulation = new GradientSums(steps);
        }

        Name = settings.Name ?? SaveableNames.ToSnakeCase(ClassName);
    }

    /// <summary>The name, which is part of the paths of its variables in files.</summary>
    public string Name { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>The number of updates so far: the number of steps, divided by <c>gradientAccumulationSteps</c> if set.</summary>
    public virtual long Iterations => changesBefore + ((steps - stepsBefore) / (accumulation?.Steps ?? 1));

    /// <summary>The learning-rate schedule, or null.</summary>
    public virtual LearningRateSchedule? Schedule => schedule;

    /// <summary>The weight decay: each step subtracts <c>weightDecay · learning rate · weight</c>; null for none.</summary>
    public double? WeightDecay => settings.WeightDecay;

    /// <summary>
    /// The learning rate of the next step; may be set at any time during training. Stored as a 32-bit float, as in Keras.
    /// </summary>
    /// <exception cref="InvalidOperationException">The learning rate is set although it follows a schedule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN.</exception>
    public virtual double LearningRate
    {
        get => schedule?.At(Steps) ?? learningRate;
        set
        {
            if (schedule is not null)
            {
                throw new InvalidOperationException(
                    $"This optimizer uses the learning-rate schedule {schedule.ClassName}, so its learning rate can't be set. "
                    + "To set it, create the optimizer with a number as learningRate.");
            }

            learningRate = Checked(value, nameof(value));
        }
    }

    /// <summary>Creates an optimizer with default arguments from its Keras name: <c>"sgd"</c>, <c>"adam"</c>, <c>"rmsprop"</c>, …</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Optimizer?(string? name) => name is null ? null : OptimizerRegistry.Get(name);

    /// <summary>Frees the state.</summary>
    public virtual void Dispose()
    {
        foreach (Variable variable in state)
        {
            variable.Dispose();
        }

        optimized.Clear();
        shared.Clear();
        state.Clear();
        GC.SuppressFinalize(this);
    }

    /// <summary>The optimizer that updates the weights: this one, unless it wraps another.</summary>
    internal virtual Optimizer Inner => this;

    /// <summary>Called with the gradients of each step before they are applied; null if unused.</summary>
    internal virtual Action<IReadOnlyList<Gradient>>? Watch { get; set; }

    /// <summary>The processes that divide the updates and the state among them; null if this process makes all updates.</summary>
    internal IOptimizerShards? Shards { get; set; }

    /// <summary>The variables with optimizer state.</summary>
    internal virtual IEnumerable<Variable> Variables => optimized.Select(one => one.Variable);

    /// <summary>Whether any variable has a gradient.</summary>
    internal bool HasGradients => Variables.Any(variable => variable.Value.grad is not null);

    /// <summary>Whether the state for a list of variables exists.</summary>
    internal bool Built { get; private protected set; }

    /// <summary>
    /// The number of steps so far, including those that only accumulated gradients. Setting it assumes that the current accumulation
    /// setting applied to all steps.
    /// </summary>
    internal virtual long Steps
    {
        get => steps;
        set => (steps, stepsBefore, changesBefore) = (value, 0, 0);
    }

    /// <summary>Whether moving averages of the weights are kept.</summary>
    internal bool KeepsAverages => average is not null;

    /// <summary>Whether weights and averages are swapped.</summary>
    internal bool AveragesInWeights
    {
        get => average?.Swapped ?? false;
        set
        {
            if (average is not null)
            {
                average.Swapped = value;
            }
        }
    }

    /// <summary>The factor the loss is multiplied by before its gradients are computed; null for 1.</summary>
    internal virtual double? LossScaleFactor => settings.LossScaleFactor;

    /// <summary>
    /// The number of scalars that Keras lists before the state of the weights: the iteration, and the learning rate unless it follows a
    /// schedule.
    /// </summary>
    internal virtual int ScalarCount => Schedule is null ? 2 : 1;

    /// <summary>
    /// The state in Keras' order: averages, accumulated gradients, the slots in the groups of the class, then shared state.
    /// </summary>
    internal virtual IReadOnlyList<Variable> SlotVariables => state;

    /// <summary>Each state tensor with its variable and name, slot by slot: the first slot of all variables, then the second.</summary>
    internal IEnumerable<(Variable Variable, string Slot, Variable State)> StateBySlot =>
        SlotGroups.SelectMany(g => g)
        .SelectMany(name => optimized.SelectMany(one => one.Slots.Where(s => s.Name == name).Select(s => (one.Variable, name, s))));

    /// <summary>Whether there is state other than that of <see cref="StateBySlot"/>.</summary>
    internal bool HasMoreState => SlotVariables.Count > optimized.Sum(one => one.Slots.Count);

    /// <summary>Names of the state tensors of each variable, in groups: Keras lists each whole group variable by variable.</summary>
    private protected abstract IReadOnlyList<string[]> SlotGroups { get; }

    /// <summary>
    /// Creates the state for these variables, in this order; another call with the same variables, or some of them, does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The state exists already, but not for all of them.</exception>
    /// <param name="variables">The variables to train.</param>
    public virtual void Build(IReadOnlyList<Variable> variables)
    {
        if (Built)
        {
            HashSet<Variable> known = [.. optimized.Select(one => one.Variable)];
            if (variables.FirstOrDefault(variable => !known.Contains(variable)) is not { } unknown)
            {
                return;
            }

            throw new InvalidOperationException(
                $"The optimizer '{Name}' has state for {optimized.Count} variables and can't train others, such as '{unknown.Path}'. "
                + "After unfreezing layers, or to train another model, call Compile with a new optimizer.");
        }

        UseVariables(variables);
    }

    /// <summary>Creates an optimizer with the same settings and initial state for these variables.</summary>
    /// <returns>The optimizer; null for user-defined ones, of which there is only one.</returns>
    internal virtual Optimizer? NewLikeIt(IReadOnlyList<Variable> variables)
    {
        Optimizer alike = OptimizerRegistry.Deserialize(Serialize(), Name);
        alike.Steps = Steps;
        alike.Build(variables);
        return alike;
    }

    /// <summary>Moves the state to the device of the variables.</summary>
    internal void MoveTo(Device device)
    {
        foreach (Variable variable in SlotVariables)
        {
            variable.MoveTo(device);
        }
    }

    internal JsonObject Serialize() => KerasObject.Of(this, "keras.optimizers", ClassName, GetConfig());

    internal virtual JsonObject GetConfig()
    {
        var config = new JsonObject
        {
            ["name"] = Name,
            ["learning_rate"] = schedule is null ? (double)learningRate : schedule.Serialize(),
        };
        settings.WriteTo(config);
        WriteConfig(config);
        return config;
    }

    /// <summary>Computes the values shared by all variables in this step.</summary>
    /// <param name="rate">The learning rate.</param>
    private protected abstract void BeginStep(float rate);

    /// <summary>
    /// Whether the update is element-wise and implemented over raw memory; otherwise it always uses tensor operations.
    /// </summary>
    internal virtual bool HasFusedPass => true;

    /// <summary>
    /// The update over raw memory, for elements <paramref name="start"/> to <paramref name="end"/>, a multiple of the vector width.
    /// </summary>
    internal virtual unsafe void Update(in FusedStep step, long start, long end) =>
        throw new NotSupportedException($"{ClassName} has no fused update.");

    /// <summary>The same update in tensor operations. Runs without gradients.</summary>
    private protected abstract void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots);

    private protected abstract void WriteConfig(JsonObject config);

    /// <summary>
    /// The initial value of a state tensor: zeros in the variable's shape, unless overridden; null if the variable has none.
    /// </summary>
    private protected virtual Tensor? NewSlot(string slot, Variable variable) => Zeros(variable);

    /// <summary>The same for a variable that is overwritten and needs no state; Keras may have a placeholder.</summary>
    private protected virtual Tensor? NewSlotOfOverwritten(string slot) => null;

    /// <summary>State that is not specific to a variable; Keras lists it last.</summary>
    private protected virtual IEnumerable<Variable> NewSharedState() => [];

    private protected virtual double? WeightDecayOf(OptimizedVariable one) => WeightDecay;

    private static Tensor Zeros(Variable variable) => zeros_like(variable.Value, requires_grad: false);

    /// <summary>Sets the learning rate like Keras' variable, which also accepts NaN; for callbacks that behave as in Keras.</summary>
    internal void SetAnyLearningRate(double rate) => learningRate = (float)rate;

    private static float Checked(double rate, string argument) => double.IsNaN(rate)
        ? throw new ArgumentOutOfRangeException(argument, rate, "A learning rate must not be NaN.")
        : (float)rate;
}
