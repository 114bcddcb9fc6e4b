using System.Text.Json.Nodes;
using Cairn.Callbacks;
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

    /// <summary>Starts an optimizer.</summary>
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

    /// <summary>The name, a part of the paths of its variables in files.</summary>
    public string Name { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>How often the weights were changed so far: the number of steps, divided by <c>gradientAccumulationSteps</c> where that is set.</summary>
    public virtual long Iterations => changesBefore + ((steps - stepsBefore) / (accumulation?.Steps ?? 1));

    /// <summary>The schedule that the learning rate follows, or null.</summary>
    public virtual LearningRateSchedule? Schedule => schedule;

    /// <summary>Share of a weight, times the learning rate, that is taken from it at each step; null for none.</summary>
    public double? WeightDecay => settings.WeightDecay;

    /// <summary>The factor of the next step; may be set at any time while training. Kept as a 32-bit float, as in Keras.</summary>
    /// <exception cref="InvalidOperationException">Set although the rate follows a schedule.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set to a value that is not a number.</exception>
    public virtual double LearningRate
    {
        get => schedule?.At(Steps) ?? learningRate;
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

    /// <summary>Makes an optimizer, with Keras' defaults, from Keras' name of it: <c>"sgd"</c>, <c>"adam"</c>, <c>"rmsprop"</c>, …</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator Optimizer(string name) => OptimizerRegistry.Get(name);

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

    /// <summary>The optimizer that changes the weights: this one, unless it wraps another.</summary>
    internal virtual Optimizer Inner => this;

    /// <summary>Sees the gradients of each step before they are used; null where nobody asks for them.</summary>
    internal virtual Action<IReadOnlyList<Gradient>>? Watch { get; set; }

    /// <summary>The variables there is state for.</summary>
    internal virtual IEnumerable<Variable> Variables => optimized.Select(one => one.Variable);

    /// <summary>Whether any variable has a gradient to change it by.</summary>
    internal bool HasGradients => Variables.Any(variable => variable.Value.grad is not null);

    /// <summary>Whether the state for a list of variables exists.</summary>
    internal bool Built { get; private protected set; }

    /// <summary>
    /// Steps taken so far, whether they changed the weights or only added to the sum of gradients. Set, they count as if gradients had been
    /// gathered all the time as they are now.
    /// </summary>
    internal virtual long Steps
    {
        get => steps;
        set => (steps, stepsBefore, changesBefore) = (value, 0, 0);
    }

    /// <summary>Whether averages of the weights are kept.</summary>
    internal bool KeepsAverages => average is not null;

    /// <summary>Whether the averages and the weights have changed places.</summary>
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

    /// <summary>What the loss is multiplied with before its gradients are computed; null for 1.</summary>
    internal virtual double? LossScaleFactor => settings.LossScaleFactor;

    /// <summary>How many single numbers Keras lists before the state of the weights: the iteration, and the learning rate unless it is scheduled.</summary>
    internal virtual int ScalarCount => Schedule is null ? 2 : 1;

    /// <summary>The state in Keras' order: averages, sums of gradients, then slot by slot where the class groups them so, then what all variables share.</summary>
    internal virtual IReadOnlyList<Variable> SlotVariables => state;

    /// <summary>Each state tensor with the variable it belongs to and its name, slot by slot: the first one of all variables, then the second.</summary>
    internal IEnumerable<(Variable Variable, string Slot, Variable State)> StateBySlot =>
        SlotGroups.SelectMany(g => g)
        .SelectMany(name => optimized.SelectMany(one => one.Slots.Where(s => s.Name == name).Select(s => (one.Variable, name, s))));

    /// <summary>Whether there is state beside that of <see cref="StateBySlot"/>.</summary>
    internal bool HasMoreState => SlotVariables.Count > optimized.Sum(one => one.Slots.Count);

    /// <summary>Names of the state tensors of each variable, in groups: Keras lists a whole group for one variable, then for the next.</summary>
    private protected abstract IReadOnlyList<string[]> SlotGroups { get; }

    /// <summary>Makes the state for these variables, in this order; a second call with the same ones, or some of them, does nothing.</summary>
    /// <exception cref="InvalidOperationException">The state exists, and not for all of them.</exception>
    internal virtual void Build(IReadOnlyList<Variable> variables)
    {
        if (Built)
        {
            HashSet<Variable> known = [.. optimized.Select(one => one.Variable)];
            if (variables.FirstOrDefault(variable => !known.Contains(variable)) is not { } unknown)
            {
                return;
            }

            throw new InvalidOperationException(
                $"The optimizer '{Name}' holds state for {optimized.Count} variables and was asked to train others, such as "
                    + $"'{unknown.Path}'. "
                + "After unfreezing layers, or to train another model, call Compile with a new optimizer.");
        }

        TakeUp(variables);
    }

    /// <summary>A new optimizer with the same settings and state for these variables as before the first step.</summary>
    internal Optimizer NewLikeIt(IReadOnlyList<Variable> variables)
    {
        Optimizer alike = OptimizerRegistry.Deserialize(Serialize(), Name);
        alike.Steps = Steps;
        alike.Build(variables);
        return alike;
    }

    /// <summary>Moves the state to where the variables are.</summary>
    internal void MoveTo(Device device)
    {
        foreach (Variable variable in SlotVariables)
        {
            variable.MoveTo(device);
        }
    }

    /// <summary>One step: changes every variable by its gradient, or adds the gradient to the sum, and clears it.</summary>
    internal virtual void Apply()
    {
        if (LossScaleFactor is { } factor)
        {
            DivideGradients((float)factor);
        }

        Watch?.Invoke([.. optimized.Select(one => new Gradient(one.Variable, one.Variable.Value.grad!))
            .Where(gradient => gradient.Value is not null)]);
        foreach (OptimizedVariable one in optimized)
        {
            one.IsConstrained = one.Variable.Constraint is not null && one.Variable.Value.grad is not null;
        }

        if (accumulation?.Collect(optimized, steps - stepsBefore) ?? true)
        {
            ChangeVariables();
        }

        average?.Update(optimized, Iterations);
        ApplyConstraints();
        steps++;
    }

    /// <summary>Ends a training: averages, where they are kept, take the place of the weights.</summary>
    internal virtual void FinalizeVariableValues()
    {
        if (average is not null && Steps > 0)
        {
            average.Finish(optimized);
        }
    }

    /// <summary>Lets the weights and their averages change places; only where averages are kept.</summary>
    internal void SwapAverages() => average!.Swap(optimized);

    private void ChangeVariables()
    {
        float rate = (float)LearningRate;
        clipping.Apply(optimized);
        BeginStep(rate);
        foreach (OptimizedVariable one in optimized)
        {
            using Tensor? gradient = one.TakeGradient();
            if (gradient is null)
            {
                continue;
            }

            float decay = (float)((WeightDecayOf(one) ?? 0) * rate);
            if (HasFusedPass && one.TryPin(gradient, out FusedStep step))
            {
                FusedPass.Run(this, step, decay);
            }
            else
            {
                Update(one, gradient, decay);
            }
        }
    }

    internal JsonObject Serialize() => KerasObject.Wrap("keras.optimizers", ClassName, GetConfig());

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

    /// <summary>Computes what is the same for all variables of this step.</summary>
    /// <param name="rate">The learning rate.</param>
    private protected abstract void BeginStep(float rate);

    /// <summary>
    /// Whether the formula treats every element by itself and exists over raw memory; otherwise it is computed in tensor operations everywhere.
    /// </summary>
    internal virtual bool HasFusedPass => true;

    /// <summary>The formula over raw memory, for elements <paramref name="start"/> to <paramref name="end"/>, a multiple of the vector width.</summary>
    internal virtual unsafe void Update(in FusedStep step, long start, long end) =>
        throw new NotSupportedException($"{ClassName} has no pass over memory.");

    /// <summary>The same formula in tensor operations. Runs without gradients.</summary>
    private protected abstract void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots);

    private protected abstract void WriteConfig(JsonObject config);

    /// <summary>What a state tensor starts with: zeros in the variable's shape, unless a class says otherwise; null where the variable has none.</summary>
    private protected virtual Tensor? NewSlot(string slot, Variable variable) => Zeros(variable);

    /// <summary>State that belongs to no variable; Keras lists it last.</summary>
    private protected virtual IEnumerable<Variable> NewSharedState() => [];

    private protected virtual double? WeightDecayOf(OptimizedVariable one) => WeightDecay;

    private void Update(OptimizedVariable one, Tensor gradient, float decay)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor weight = one.Variable.Value;
        if (decay != 0)
        {
            weight.sub_(weight * decay);
        }

        Update(weight, gradient, one.Slots);
    }

    // Keras does so after the averages, and also in steps that only add to the sum of gradients; not to what has no gradient, since it is frozen.
    private void ApplyConstraints()
    {
        foreach (OptimizedVariable one in optimized)
        {
            if (!one.IsConstrained || one.Variable.Constraint is not { } constraint)
            {
                continue;
            }

            using DisposeScope scope = NewDisposeScope();
            using IDisposable _ = no_grad();
            one.Variable.Value.copy_(constraint.Apply(one.Variable.Value));
        }
    }

    private static Tensor Zeros(Variable variable) => zeros_like(variable.Value, requires_grad: false);

    /// <summary>Sets the learning rate as Keras' variable does, NaN too: for callbacks that do with it what Keras does.</summary>
    internal void SetAnyLearningRate(double rate) => learningRate = (float)rate;

    private static float Checked(double rate, string argument) => double.IsNaN(rate)
        ? throw new ArgumentOutOfRangeException(argument, rate, "A learning rate must be a number.")
        : (float)rate;
}
