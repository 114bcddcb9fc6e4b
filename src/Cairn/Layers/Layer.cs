using System.Diagnostics.CodeAnalysis;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>One step of a model: weights, made when the input's shape is known, and a function of tensors. Keras: <c>layers.Layer</c>.</summary>
/// <remarks>
/// Derive from it to write a layer: make the weights in <see cref="Build(Shape)"/>, compute in <see cref="Call(Tensor, CallContext)"/>, and say what shape comes
/// out in <see cref="ComputeOutputShape"/>. All shapes include the batch axis, which is <see cref="Shape.None"/> while building.
/// </remarks>
[SavedKind]
// metrics of a user's own classes
[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)]
public abstract partial class Layer : IDisposable
{
    private static long made;
    private static long trainableChanges;

    private readonly List<Variable> variables = [];
    private BuildContext? building;
    private string? name;
    private bool trainable = true;

    /// <summary>Starts a layer.</summary>
    /// <param name="name">Unique name within its model, without <c>/</c>; null for Keras' automatic one (<c>dense</c>, <c>dense_1</c>, …).</param>
    /// <exception cref="ArgumentException">The name is empty or holds a <c>/</c>.</exception>
    protected Layer(string? name)
    {
        if (name is not null)
        {
            CheckName(name);
        }

        this.name = name;
        HasSettledName = name is not null;
    }

    /// <summary>The layer's name within its model; the automatic name gets its number when the layer joins a model.</summary>
    public string Name => name ?? SaveableNames.ToSnakeCase(ClassName);

    /// <summary>Keras' class name, as files write it.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Whether training may change the weights; true by default. Frozen layers also run as in inference where Keras does so.</summary>
    /// <remarks>Set on a model or another layer made of layers, it is set on all of them, as in Keras; each can be set again by itself.</remarks>
    public bool Trainable
    {
        get => trainable;
        set
        {
            SetOwnTrainable(value);
            foreach (Layer part in Parts)
            {
                part.Trainable = value;
            }
        }
    }

    /// <summary>Whether the weights exist.</summary>
    public bool Built { get; private set; }

    /// <summary>The shape the layer was built for, or null; the first one where there are several inputs.</summary>
    public Shape? InputShape => InputShapes is [var first, ..] ? first : null;

    /// <summary>The shape it gives for that input, or null; the first one where there are several outputs.</summary>
    public Shape? OutputShape => OutputShapes is [var first, ..] ? first : null;

    /// <summary>The shapes the layer was built for; none before.</summary>
    public IReadOnlyList<Shape> InputShapes { get; private set; } = [];

    /// <summary>The shapes it gives for those inputs; none before it is built.</summary>
    public IReadOnlyList<Shape> OutputShapes { get; private set; } = [];

    /// <summary>All weights in Keras' order: the layer's own, trainable ones first, then those of the layers it is made of.</summary>
    public virtual IReadOnlyList<Variable> Weights => [.. OwnWeights.Concat(Sublayers.SelectMany(s => s.Layer.Weights)).Distinct()];

    /// <summary>The weights that training changes; none while the layer is frozen.</summary>
    public virtual IReadOnlyList<Variable> TrainableWeights =>
        Trainable ? [.. variables.Where(v => v.Trainable).Concat(Sublayers.SelectMany(s => s.Layer.TrainableWeights)).Distinct()] : [];

    /// <summary>The weights that training does not change through gradients.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights
    {
        get
        {
            HashSet<Variable> changed = [.. TrainableWeights];
            return [.. Weights.Where(v => !changed.Contains(v))];
        }
    }

    /// <summary>The number of numbers in all weights.</summary>
    public long CountParams() => Weights.Sum(v => v.Shape.ElementCount);

    /// <summary>The shape that comes out for an input of the given shape, batch axis included.</summary>
    /// <exception cref="ArgumentException">The layer can't take that shape.</exception>
    public abstract Shape ComputeOutputShape(Shape inputShape);

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Class, name and output shape.</summary>
    public override string ToString() => $"{ClassName} '{Name}'{(OutputShape is null ? "" : $" → {OutputShape}")}";

    /// <summary>Regularizer of the output, or null.</summary>
    private protected Regularizer? ActivityRegularizer { get; init; }

    /// <summary>Whether the name was given, or settled when the layer joined a model; it does not change any more.</summary>
    internal bool HasSettledName { get; private set; }

    /// <summary>A number that is greater than that of every layer made before: automatic names are counted in the order of making.</summary>
    internal long Serial { get; } = Interlocked.Increment(ref made);

    /// <summary>Sets <see cref="Trainable"/> without that of the parts: a file says it of each by itself.</summary>
    internal void SetOwnTrainable(bool value)
    {
        if (trainable != value)
        {
            trainable = value;
            CountTrainableChange();
        }
    }

    /// <summary>Counts every change of what is trained, in any layer: a training under way looks anew when the count has changed.</summary>
    internal static long TrainableChanges => Volatile.Read(ref trainableChanges);

    internal static long CountTrainableChange() => Interlocked.Increment(ref trainableChanges);

    internal void RenameTo(string unique)
    {
        name = unique;
        HasSettledName = true;
    }

    /// <summary>Gives a layer that has only its automatic name the one it has in a file.</summary>
    internal void TakeName(string given)
    {
        CheckName(given);
        name = given;
        HasSettledName = true;
    }

    /// <summary>The layer's own weights, without those of the layers it is made of.</summary>
    internal virtual IReadOnlyList<Variable> OwnWeights => [.. variables.Where(v => v.Trainable), .. variables.Where(v => !v.Trainable)];

    /// <summary>Whether the layer takes strings, or whole numbers that float32 can't tell apart.</summary>
    internal virtual bool TakesIdentifiers => false;

    /// <summary>Keras' keys of the layer's own weights in files; null for numbers from 0 on.</summary>
    internal virtual IReadOnlyList<string>? OwnWeightKeys => null;

    /// <summary>What the layer was built with, besides shapes: which parameters the inputs are for.</summary>
    internal CallArguments BuildArguments { get; private set; } = CallArguments.One;

    internal void BuildFor(Shape inputShape, BuildContext context) => BuildFor([inputShape], CallArguments.One, context);

    internal virtual void BuildFor(IReadOnlyList<Shape> inputShapes, CallArguments arguments, BuildContext context)
    {
        if (Built)
        {
            if (inputShapes.Count != InputShapes.Count || !InputShapes.Zip(inputShapes).All(pair => CanTakeAgain(pair.First, pair.Second)))
            {
                throw new ArgumentException(
                    $"{ClassName} '{Name}' was built for inputs of shape {Shape.Describe(InputShapes)} and can't "
                        + $"take {Shape.Describe(inputShapes)}.",
                    nameof(inputShapes));
            }

            return;
        }

        using DisposeScope scope = NewDisposeScope();
        if (IsOfUser)
        {
            LayerNames.Settle(Sublayers.Select(s => s.Layer));
        }

        building = context.Within(Name);
        int parts = sublayers.Count;
        try
        {
            Build(inputShapes, arguments);
            if (IsOfUser && Sublayers.Any(s => !s.Layer.Built))
            {
                FirstRun(inputShapes, arguments, building);
            }

            OutputShapes = ComputeOutputShapes(inputShapes, arguments);
            InputShapes = inputShapes;
            BuildArguments = arguments;
            Built = true;
        }
        finally
        {
            building = null;
            if (!Built)
            {
                foreach (Variable variable in variables)
                {
                    variable.Dispose();
                }

                variables.Clear();
                foreach ((_, Layer part) in sublayers.Skip(parts))
                {
                    part.Dispose();
                }

                sublayers.RemoveRange(parts, sublayers.Count - parts);
            }
        }
    }

    internal virtual void MoveTo(Device device)
    {
        foreach (Variable variable in variables)
        {
            variable.MoveTo(device);
        }

        foreach ((_, Layer layer) in Sublayers)
        {
            layer.MoveTo(device);
        }
    }

    /// <summary>Makes the weights; called once, when the input's shape is known.</summary>
    /// <param name="inputShape">The input's shape, batch axis included.</param>
    protected virtual void Build(Shape inputShape)
    {
    }

    /// <summary>The layer's function.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">Whether this is training, and the random numbers of this step.</param>
    protected abstract Tensor Call(Tensor x, CallContext context);

    /// <summary>Makes a weight. Only callable from <see cref="Build(Shape)"/>.</summary>
    /// <param name="name">Keras' name of it, such as <c>kernel</c>.</param>
    /// <param name="shape">The sizes of its axes, all known.</param>
    /// <param name="initializer">How its first numbers are chosen.</param>
    /// <param name="trainable">Whether gradients may change it.</param>
    /// <param name="regularizer">Regularizer of the weight; its penalty is added to the loss while the weight is trainable; none by default.</param>
    /// <param name="constraint">Constraint on it, applied after each step; none by default.</param>
    /// <exception cref="InvalidOperationException">Called outside of <see cref="Build(Shape)"/>.</exception>
    protected Variable AddWeight(
        string name, Shape shape, Initializer initializer, bool trainable = true, Regularizer? regularizer = null,
        Constraint? constraint = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initializer);
        if (building is null)
        {
            throw new InvalidOperationException("Weights are made in Build; make this one there.");
        }

        Variable variable = building.CreateVariable(name, shape, initializer, trainable);
        variable.Regularizer = regularizer;
        variable.Constraint = constraint;
        variables.Add(variable);
        return variable;
    }

    /// <summary>Frees the weights.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        foreach (Variable variable in variables)
        {
            variable.Dispose();
        }

        foreach ((_, Layer layer) in Sublayers)
        {
            layer.Dispose();
        }
    }

    /// <summary>An exception that says what input the layer takes and what it was given.</summary>
    private protected ArgumentException UnfitInput(Shape inputShape, string expected) =>
        new($"{ClassName} '{Name}' takes {expected}; it was given {inputShape}.", nameof(inputShape));

    /// <summary>Whether a layer that has its weights can take inputs of another shape as well: any without weights, else those of sizes that agree.</summary>
    private protected virtual bool CanTakeAgain(Shape earlier, Shape now) => earlier.IsCompatibleWith(now) || Weights.Count == 0;

    /// <summary>Whether two shapes agree along their last axes, whatever stands before.</summary>
    private protected static bool AgreeInLastAxis(Shape one, Shape other) =>
        one.Rank > 0 && other.Rank > 0 && (one[^1] == other[^1] || one[^1] == Shape.None || other[^1] == Shape.None);

    private static void CheckName(string name)
    {
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException($"A layer's name must not be empty or hold '/', since it becomes part of paths in files; it "
                + $"was '{name}'.", nameof(name));
        }
    }
}
