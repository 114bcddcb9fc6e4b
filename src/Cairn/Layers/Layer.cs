using System.Diagnostics.CodeAnalysis;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Base class of all layers: weights, created when the input's shape is known, and a function of tensors. Keras: <c>layers.Layer</c>.
/// </summary>
/// <remarks>
/// Derive from it to write a layer: create the weights in <see cref="Build(Shape)"/>, compute in <see cref="Call(Tensor, CallContext)"/>,
/// and return the output shape from <see cref="ComputeOutputShape"/>. All shapes include the batch axis, which is <see cref="Shape.None"/>
/// while building.
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

    // The context the weights were created with, for those that are added later.
    private BuildContext? origin;

    // The build context of the layer that is being built on this thread, for sublayers built in its Build.
    [ThreadStatic]
    private static BuildContext? underway;

    private string? name;
    private string? classNameOfFile;
    private bool trainable = true;

    /// <summary>Initializes the base class.</summary>
    /// <param name="name">Unique name within its model, without <c>/</c>; null for Keras' automatic one (<c>dense</c>, <c>dense_1</c>,
    /// …).</param>
    /// <exception cref="ArgumentException">The name is empty or contains a <c>/</c>.</exception>
    protected Layer(string? name)
    {
        if (name is not null)
        {
            CheckName(name);
        }

        this.name = name;
        HasFinalName = name is not null;
    }

    /// <summary>The layer's name within its model; an automatic name gets its number when the layer is added to a model.</summary>
    public string Name => name ?? SaveableNames.ToSnakeCase(ClassName);

    /// <summary>
    /// Keras' class name, as written in files: by default that of the class, or that under which a file names the class it was registered
    /// for in <see cref="CustomObjects"/>.
    /// </summary>
    public virtual string ClassName => classNameOfFile ?? GetType().Name;

    /// <summary>
    /// Whether training may change the weights; true by default. Frozen layers also run in inference mode where Keras does so.
    /// </summary>
    /// <remarks>
    /// Setting it on a model or another layer that contains layers sets it on all of them, as in Keras; each can then be set individually.
    /// </remarks>
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

    /// <summary>
    /// Factor by which the optimizer's learning rate is multiplied for the weights of this layer; 1 by default. With smaller factors, for
    /// example, the first layers of a pretrained model change more slowly. Not saved in files.
    /// </summary>
    /// <remarks>
    /// Setting it on a model or another layer that contains layers sets it on all of them, as with <see cref="Trainable"/>. The update of a
    /// weight, including weight decay, is multiplied by the factor.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0, NaN or infinite.</exception>
    public double LearningRateFactor
    {
        get;
        set
        {
            if (value is not (>= 0 and < double.PositiveInfinity))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "LearningRateFactor must be a finite number of 0 or more.");
            }

            field = value;
            foreach (Variable weight in OwnWeights)
            {
                weight.LearningRateFactor = value;
            }

            foreach (Layer part in Parts)
            {
                part.LearningRateFactor = value;
            }
        }
    } = 1;

    /// <summary>Whether the weights exist.</summary>
    public bool Built { get; private set; }

    /// <summary>The shape the layer was built for, or null; the first one if there are several inputs.</summary>
    public Shape? InputShape => InputShapes is [var first, ..] ? first : null;

    /// <summary>The output shape for that input, or null; the first one if there are several outputs.</summary>
    public Shape? OutputShape => OutputShapes is [var first, ..] ? first : null;

    /// <summary>The shapes the layer was built for; empty before it is built.</summary>
    public IReadOnlyList<Shape> InputShapes { get; private set; } = [];

    /// <summary>The output shapes for those inputs; empty before it is built.</summary>
    public IReadOnlyList<Shape> OutputShapes { get; private set; } = [];

    /// <summary>All weights in Keras' order: the layer's own, trainable ones first, then those of its sublayers.</summary>
    public virtual IReadOnlyList<Variable> Weights => [.. OwnWeights.Concat(Sublayers.SelectMany(s => s.Layer.Weights)).Distinct()];

    /// <summary>The weights that training updates; none while the layer is frozen.</summary>
    public virtual IReadOnlyList<Variable> TrainableWeights =>
        Trainable ? [.. variables.Where(v => v.Trainable).Concat(Sublayers.SelectMany(s => s.Layer.TrainableWeights)).Distinct()] : [];

    /// <summary>The weights that training does not update through gradients.</summary>
    public IReadOnlyList<Variable> NonTrainableWeights
    {
        get
        {
            HashSet<Variable> changed = [.. TrainableWeights];
            return [.. Weights.Where(v => !changed.Contains(v))];
        }
    }

    /// <summary>The total number of elements in all weights.</summary>
    public long CountParams() => Weights.Sum(v => v.Shape.ElementCount);

    /// <summary>Computes the output shape for an input of the given shape, batch axis included.</summary>
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
    internal Regularizer? ActivityRegularizer { get; private protected init; }

    /// <summary>Whether the name is final: it was given, or assigned when the layer was added to a model.</summary>
    internal bool HasFinalName { get; private set; }

    /// <summary>A number that increases with each layer created: automatic names are numbered in creation order.</summary>
    internal long Serial { get; } = Interlocked.Increment(ref made);

    /// <summary>Sets <see cref="Trainable"/> of this layer without its sublayers: a file stores it for each of them.</summary>
    internal void SetOwnTrainable(bool value)
    {
        if (trainable != value)
        {
            trainable = value;
            CountTrainableChange();
        }
    }

    /// <summary>
    /// Counts every change of <see cref="Trainable"/> in any layer; a running training checks again when the count has changed.
    /// </summary>
    internal static long TrainableChanges => Volatile.Read(ref trainableChanges);

    internal static long CountTrainableChange() => Interlocked.Increment(ref trainableChanges);

    internal void RenameTo(string unique)
    {
        name = unique;
        HasFinalName = true;
    }

    /// <summary>Takes the class name from a file, from which the paths of weights follow.</summary>
    internal void TakeClassName(string given) => classNameOfFile = given;

    /// <summary>Replaces the automatic name by the one from a file.</summary>
    internal void TakeName(string given)
    {
        CheckName(given);
        name = given;
        HasFinalName = true;
    }

    /// <summary>The layer's own weights, without those of its sublayers.</summary>
    internal virtual IReadOnlyList<Variable> OwnWeights =>
        [.. variables.Where(v => v.IsListedFirst), .. variables.Where(v => !v.IsListedFirst)];

    /// <summary>Whether the layer takes strings, or integers that float32 can't represent exactly.</summary>
    internal virtual bool TakesIdentifiers => false;

    /// <summary>Keras' keys of the layer's own weights in files; null for numbers starting at 0.</summary>
    internal virtual IReadOnlyList<string>? OwnWeightKeys => null;

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

    /// <summary>The layer's function.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">Training mode and random numbers of this step.</param>
    protected abstract Tensor Call(Tensor x, CallContext context);

    /// <summary>Computes the output of a layer without weights, masks and random numbers.</summary>
    internal Tensor ComputeAlone(Tensor x) => Call(x, NoContext.Instance);

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

        Lora?.Dispose();
        foreach ((_, Layer layer) in Sublayers)
        {
            layer.Dispose();
        }
    }

    /// <summary>An exception that states what input the layer takes and what it got.</summary>
    private protected ArgumentException UnfitInput(Shape inputShape, string expected) =>
        new($"{ClassName} '{Name}' takes {expected}; got {inputShape}.", nameof(inputShape));

    private static void CheckName(string name)
    {
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"A layer's name must not be empty or contain '/', since it is part of paths in files; got '{name}'.", nameof(name));
        }
    }

    // In a class of its own, because it needs libtorch, which a layer loads later. Never written to: several threads use it.
    private static class NoContext
    {
        public static readonly CallContext Instance = new();
    }
}
