using System.Text.Json.Nodes;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn;

// What a model of a user's own class has without saying so: its function says what it is made of, and a first run says the shapes.
public abstract partial class Model
{
    private (IReadOnlyList<Shape> Inputs, IReadOnlyList<Shape> Outputs)? firstRun;
    private bool isAsking;

    /// <summary>Starts a model of your own class.</summary>
    /// <remarks>
    /// Give the layers to <see cref="Layer.AddSublayer"/> and override <see cref="Call(Tensor, CallContext)"/>, or
    /// <see cref="Layer.Call(Tensor[], CallContext)"/> for several inputs or outputs, where the layers are called by
    /// <see cref="Layer.Apply(Tensor, CallContext)"/>. Their weights are made when the first data arrive, or by
    /// <see cref="Build(IEnumerable{Shape})"/>: the function is then run once on zeros.
    /// <code>
    /// sealed class Twin : Model
    /// {
    ///     private readonly Dense hidden, head;
    ///
    ///     public Twin()
    ///     {
    ///         hidden = AddSublayer(new Dense(16, activation: "relu"), "hidden");
    ///         head = AddSublayer(new Dense(1), "head");
    ///     }
    ///
    ///     protected override Tensor Call(Tensor x, CallContext context) => head.Apply(hidden.Apply(x, context), context);
    /// }
    /// </code>
    /// </remarks>
    /// <param name="name">The model's name; the class' name in snake case by default.</param>
    /// <exception cref="ArgumentException">The name is empty or holds a <c>/</c>.</exception>
    protected Model(string? name = null)
        : base(name) => uses = new ModelUses(this);

    /// <summary>The layers: those of a <see cref="Sequential"/> without its input, those of a <see cref="Functional"/> with its inputs, as in Keras.</summary>
    public virtual IReadOnlyList<Layer> Layers => [.. Sublayers.Select(s => s.Layer)];

    /// <summary>The shape that comes out; of a model of your own class by running it on zeros, unless you override this.</summary>
    /// <exception cref="ArgumentException">The model can't take that shape.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet, or gives several outputs.</exception>
    public override Shape ComputeOutputShape(Shape inputShape) => ShapesByRunning([inputShape]) is [var one]
        ? one
        : throw new InvalidOperationException($"The model '{Name}' gives several outputs where one is needed.");

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes.Count == 1 && firstRun is not { Outputs.Count: > 1 } ? [ComputeOutputShape(inputShapes[0])]
            : ShapesByRunning(inputShapes);
    }

    /// <summary>The model's function.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">To be passed on to the layers.</param>
    /// <exception cref="InvalidOperationException">The class overrides neither this nor <see cref="Layer.Call(Tensor[], CallContext)"/>.</exception>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (isAsking)
        {
            throw new InvalidOperationException($"The model class {GetType().Name} overrides neither Call(Tensor, CallContext) nor "
                + "Call(Tensor[], CallContext).");
        }

        isAsking = true;
        try
        {
            return Call([x], context) is [var one]
                ? one
                : throw new InvalidOperationException($"The model '{Name}' gives several outputs where one is needed.");
        }
        finally
        {
            isAsking = false;
        }
    }

    /// <summary>Whether the class says what it was made of, so that it can be made again.</summary>
    internal bool WritesConfig =>
        ((Action<JsonObject>)WriteConfig).Method.DeclaringType!.Assembly != typeof(Model).Assembly;

    /// <summary>The shapes for which a file says that the model was built.</summary>
    internal IReadOnlyList<Shape>? SavedInputShapes { get; private set; }

    internal override void TakeBuildShapes(IReadOnlyList<Shape>? shapes) => SavedInputShapes = shapes;

    private protected override string KerasModule => "keras";

    /// <summary>What the class writes about itself.</summary>
    /// <exception cref="NotSupportedException">It writes nothing, or the file is a legacy one: in Keras only Functional and Sequential models go into HDF5.</exception>
    private protected override JsonObject ConfigFor(bool legacy)
    {
        if (legacy || !WritesConfig)
        {
            throw new NotSupportedException(
                $"The model '{Name}' is of the class {GetType().Name}, whose function no file can hold, so it can't be saved "
                    + $"whole{(legacy ? " as '.h5'" : "")}. "
                + "SaveWeights(\"name.weights.h5\") keeps its weights (in ModelCheckpoint: saveWeightsOnly: true)"
                + (legacy ? "; a '.keras' file takes a class that overrides WriteConfig."
                : "; or override WriteConfig and make the class known with CustomObjects."));
        }

        return GetConfig();
    }

    private protected override void CompleteEnvelope(JsonObject envelope)
    {
        base.CompleteEnvelope(envelope);
        envelope["compile_config"] = new JsonObject();
    }

    /// <summary>Makes the weights that a model of your own class has beside those of its layers; calls <see cref="Layer.Build(Shape)"/> where there is one input.</summary>
    /// <param name="inputShapes">The inputs' shapes, batch axes included.</param>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        if (inputShapes is [_])
        {
            base.Build(inputShapes);
        }
    }

    private protected override void Build(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
        base.Build(inputShapes, arguments);
        firstRun = (inputShapes, FirstRun(inputShapes, arguments, Builder));
    }

    private IReadOnlyList<Shape> ShapesByRunning(IReadOnlyList<Shape> inputShapes)
    {
        if (firstRun is { } run && run.Inputs.SequenceEqual(inputShapes))
        {
            return run.Outputs;
        }

        if (Built)
        {
            return FirstRun(inputShapes, CallArguments.For(inputShapes.Count), null);
        }

        throw new InvalidOperationException(
            $"What shape the model '{Name}' gives is known when it has its weights: call Build(inputShape) before, or override "
                + "ComputeOutputShape.");
    }
}
