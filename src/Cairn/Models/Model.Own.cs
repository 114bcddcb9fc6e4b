using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Training;
using static TorchSharp.torch;

namespace Cairn;

// Defaults for subclassed models: the call function defines the model, and a first run determines the shapes.
public abstract partial class Model
{
    private (IReadOnlyList<Shape> Inputs, IReadOnlyList<Shape> Outputs)? firstRun;
    private BuildContext? stepBuilder;
    private bool isAsking;

    /// <summary>Initializes a subclassed model.</summary>
    /// <remarks>
    /// Register the layers with <see cref="Layer.AddSublayer"/> and override <see cref="Call(Tensor, CallContext)"/>, or
    /// <see cref="Layer.Call(Tensor[], CallContext)"/> for several inputs or outputs; call the layers with
    /// <see cref="Layer.Apply(Tensor, CallContext)"/>. Their weights are created when the model first sees data, or by
    /// <see cref="Build(IEnumerable{Shape})"/>, which runs the function once on zeros.
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
    /// A class that overrides <see cref="TrainStep"/> and calls its layers there needs no <c>Call</c>. Such a model can be trained, and
    /// evaluated if it overrides <see cref="TestStep"/>; it makes no predictions.
    /// </remarks>
    /// <param name="name">The model's name; the class name in snake case by default.</param>
    /// <exception cref="ArgumentException">The name is empty or contains a <c>/</c>.</exception>
    protected Model(string? name = null)
        : base(name) => uses = new ModelUses(this);

    /// <summary>
    /// The layers: without the input for a <see cref="Sequential"/>, with the inputs for a <see cref="Functional"/>, as in Keras.
    /// </summary>
    public virtual IReadOnlyList<Layer> Layers => [.. Sublayers.Select(s => s.Layer)];

    /// <summary>Returns the output shape. A subclassed model is run on zeros to find it, unless it overrides this method.</summary>
    /// <exception cref="ArgumentException">The shape is not a valid input shape.</exception>
    /// <exception cref="InvalidOperationException">The model is not built, or has several outputs.</exception>
    public override Shape ComputeOutputShape(Shape inputShape) => ShapesByRunning([inputShape]) is [var one]
        ? one
        : throw new InvalidOperationException($"The model '{Name}' has several outputs; a single output is needed here.");

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return inputShapes.Count == 1 && firstRun is not { Outputs.Count: not 1 } ? [ComputeOutputShape(inputShapes[0])]
            : ShapesByRunning(inputShapes);
    }

    /// <summary>The forward pass of the model.</summary>
    /// <param name="x">The input, batch axis first.</param>
    /// <param name="context">The context to pass to the layers.</param>
    /// <exception cref="InvalidOperationException">
    /// The class overrides neither this nor <see cref="Layer.Call(Tensor[], CallContext)"/>.
    /// </exception>
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
                : throw new InvalidOperationException($"The model '{Name}' has several outputs; a single output is needed here.");
        }
        finally
        {
            isAsking = false;
        }
    }

    /// <summary>Whether the class overrides its configuration, so that it can be restored.</summary>
    internal bool WritesConfig =>
        ((Action<JsonObject>)WriteConfig).Method.DeclaringType!.Assembly != typeof(Model).Assembly;

    /// <summary>The input shapes the model was built with, as stored in the file.</summary>
    internal IReadOnlyList<Shape>? SavedInputShapes { get; private set; }

    internal override void TakeBuildShapes(IReadOnlyList<Shape>? shapes) => SavedInputShapes = shapes;

    private protected override string KerasModule => "keras";

    /// <summary>The configuration written by the class.</summary>
    /// <exception cref="NotSupportedException">
    /// The class writes no configuration, or the file is a legacy one: in Keras, only Functional and Sequential models can be saved as
    /// HDF5.
    /// </exception>
    private protected override JsonObject ConfigFor(bool legacy)
    {
        if (legacy || !WritesConfig)
        {
            throw new NotSupportedException(
                $"The model '{Name}' is of the class {GetType().Name}, whose code a file can't hold, so it can't be saved as a "
                    + $"whole{(legacy ? " as '.h5'" : "")}. "
                + "SaveWeights(\"name.weights.h5\") saves its weights (in ModelCheckpoint: saveWeightsOnly: true)"
                + (legacy ? "; a '.keras' file supports classes that override WriteConfig."
                : "; or override WriteConfig and register the class with CustomObjects."));
        }

        return GetConfig();
    }

    private protected override void CompleteEnvelope(JsonObject envelope)
    {
        base.CompleteEnvelope(envelope);
        envelope["compile_config"] = new JsonObject();
    }

    /// <summary>
    /// Creates the weights that a subclassed model has besides those of its layers; calls <see cref="Layer.Build(Shape)"/> if there is one
    /// input.
    /// </summary>
    /// <param name="inputShapes">The input shapes, including the batch axes.</param>
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
        if (HasFunction)
        {
            firstRun = (inputShapes, FirstRun(inputShapes, arguments, Builder));
            return;
        }

        // Only the steps call the parts, as in a GAN. Those that know their inputs get weights now, others at their first call.
        firstRun = (inputShapes, []);
        stepBuilder = Builder;
        foreach (Model part in Parts.OfType<Model>().Where(part => !part.Built))
        {
            if (part.DeclaredInputShapes is { } shapes)
            {
                BuildSublayer(part, shapes);
            }
        }
    }

    /// <summary>Whether the class has a function from inputs to outputs; one that overrides only steps needs none.</summary>
    private protected override bool HasFunction =>
        !OverridesTrainStep
        || ((Func<Tensor, CallContext, Tensor>)Call).Method.DeclaringType != typeof(Model)
        || ((Func<Tensor[], CallContext, Tensor[]>)Call).Method.DeclaringType != typeof(Layer);

    /// <summary>Lets a step create weights from the seed of the model, as long as a part of it has none.</summary>
    private void LendBuilder(CallContext context)
    {
        if (stepBuilder is not null)
        {
            stepBuilder = Parts.All(part => part.Built) ? null : stepBuilder;
            context.Builder = stepBuilder;
        }
    }

    private protected override bool BuildsItself()
    {
        if (!DeclaresInput)
        {
            return false;
        }

        EnsureBuilt();
        return true;
    }

    private IReadOnlyList<Shape> ShapesByRunning(IReadOnlyList<Shape> inputShapes)
    {
        if (firstRun is { } run && run.Inputs.SequenceEqual(inputShapes))
        {
            return run.Outputs;
        }

        if (Built)
        {
            return firstRun is { Outputs.Count: 0 } ? [] : FirstRun(inputShapes, CallArguments.For(inputShapes.Count), null);
        }

        throw new InvalidOperationException(
            $"The output shape of the model '{Name}' is not known before it is built: call Build(inputShape) first, or override "
                + "ComputeOutputShape.");
    }
}
