using System.Runtime.CompilerServices;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>A model: layers, and what is needed to train them. Keras: <c>Model</c>.</summary>
/// <remarks>
/// <c>Compile</c> configures training, <c>Fit</c> trains, <c>Evaluate</c> computes the loss and the metrics, <c>Predict</c>
/// generates outputs, <c>Save</c> and <c>Load</c> use Keras' file formats. Only one thread at a time may use a model, except for
/// <c>Predict</c>.
/// </remarks>
public abstract partial class Model : Layer
{
    private readonly ModelUses uses;
    private MetricSet? metrics;
    private OutputLosses? losses;
    private LossWeights? lossWeights;
    private int stepsPerExecution = 1;

    /// <summary>
    /// The seed of weight initialization, shuffling and dropout: the same seed on the same data and machine gives bitwise identical
    /// results. If none is given, one is drawn at first use and can be read here. Random numbers drawn in evaluation
    /// and prediction (by layers called with <c>training: true</c>) depend on it and on the number of earlier calls, which setting it
    /// resets.
    /// </summary>
    public long? Seed
    {
        get;
        set
        {
            (field, SeedIsDrawn) = (value, false);
            Draws.Restart();
        }
    }

    /// <summary>The optimizer; null before <c>Compile</c>.</summary>
    public Optimizer? Optimizer { get; private set; }

    /// <summary>The loss to minimize; null before <c>Compile</c>, or if the outputs have separate losses.</summary>
    public Loss? Loss => losses is [var only] ? only : null;

    /// <summary>Whether the model has been compiled.</summary>
    public bool Compiled => metrics is not null;

    /// <summary>Set to true by a callback to stop training after the current batch or epoch.</summary>
    public bool StopTraining { get; set; }

    /// <summary>
    /// Set to true by a callback to stop evaluation or validation after the current batch; reset to false when the next one starts.
    /// </summary>
    public bool StopEvaluating { get; set; }

    /// <summary>Set to true by a callback to stop prediction after the current batch; reset to false when the next one starts.</summary>
    public bool StopPredicting { get; set; }

    /// <summary>The writer for summaries, progress and callback messages; standard output by default.</summary>
    public new TextWriter Output
    {
        get => field ?? Console.Out;
        set;
    }

    /// <summary>The device of the weights and the computation; the CPU by default.</summary>
    public Device Device
    {
        get => field ?? CPU;
        private set;
    }

    internal MetricSet? MetricSet => metrics;

    /// <summary>The losses as passed to <c>Compile</c>.</summary>
    internal OutputLosses? CompiledLosses => losses;

    /// <summary>The loss weights as passed to <c>Compile</c>.</summary>
    internal LossWeights? CompiledLossWeights => lossWeights;

    /// <summary>Number of steps between calls of the callbacks' batch hooks.</summary>
    internal int StepsPerExecution => stepsPerExecution;

    /// <summary>Configures the model for training. Keras: <c>compile</c>.</summary>
    /// <param name="optimizer">The optimizer; <c>"rmsprop"</c> by default, as in Keras.</param>
    /// <param name="loss">
    /// The loss to minimize, such as <c>"sparse_categorical_crossentropy"</c>; required by <c>Fit</c> and <c>Evaluate</c>. One loss for all
    /// outputs, one for each, <c>["mse", "binary_crossentropy"]</c>, or by output name,
    /// <c>new() { ["price"] = "mse", ["sold"] = "binary_crossentropy" }</c>.
    /// </param>
    /// <param name="metrics">
    /// Metrics to evaluate during training and testing, such as <c>["accuracy"]</c>; for several outputs, one entry for each, or by output
    /// name.
    /// </param>
    /// <param name="weightedMetrics">Metrics to weight by the sample and class weights, in the same form.</param>
    /// <param name="lossWeights">Coefficients of the outputs' losses in the total loss, in output order or by name; 1 by default.</param>
    /// <param name="stepsPerExecution">
    /// Number of steps between calls of the callbacks' batch hooks; 1 by default. At most one epoch.
    /// </param>
    /// <param name="device">The device to compute on; the CPU by default.</param>
    /// <exception cref="ArgumentException">Two metrics of one output have the same name.</exception>
    /// <exception cref="InvalidOperationException">
    /// Training or evaluation is running; a callback can't call Compile before <c>OnTrainEnd</c>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stepsPerExecution"/> is below 1.</exception>
    [OverloadResolutionPriority(1)]
    public void Compile(
        Optimizer? optimizer = null,
        OutputLosses? loss = null,
        OutputMetrics? metrics = null,
        OutputMetrics? weightedMetrics = null,
        LossWeights? lossWeights = null,
        int stepsPerExecution = 1,
        Device? device = null)
    {
        uses.ThrowIfDisposed();
        uses.RequireNone(
            nameof(Compile),
            "To freeze or unfreeze weights, set Trainable; to change the learning rate, set Optimizer.LearningRate; otherwise stop the run "
            + "with StopTraining, compile, and call Fit again.");
        CheckNames(metrics, nameof(metrics));
        CheckNames(weightedMetrics, nameof(weightedMetrics));
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerExecution, 1);
        Optimizer next = ScaledIfNeeded(optimizer ?? "rmsprop");
        if (!ReferenceEquals(Optimizer, next))
        {
            Optimizer?.Dispose();
        }

        Optimizer = next;
        losses = loss;
        this.lossWeights = lossWeights;
        this.stepsPerExecution = stepsPerExecution;
        this.metrics = new MetricSet(metrics ?? [], weightedMetrics ?? []);
        if (device is not null)
        {
            MoveTo(device);
        }
    }

    /// <summary>
    /// Configures the model for training, with a function as the loss:
    /// <c>model.Compile("adam", (yTrue, yPred) => (yTrue - yPred).square())</c>.
    /// </summary>
    /// <inheritdoc cref="Compile(Optimizer?, OutputLosses?, OutputMetrics?, OutputMetrics?, LossWeights?, int, Device?)"
    /// path="/*[self::remarks or self::returns or self::exception]"/>
    /// <param name="optimizer">The optimizer; <c>"rmsprop"</c> by default, as in Keras.</param>
    /// <param name="loss">A function of targets and predictions that returns values whose mean is the loss. See
    /// <see cref="Loss.From"/>.</param>
    /// <param name="metrics">The metrics, such as <c>["accuracy"]</c>; with several outputs, one entry per output, or by name.</param>
    /// <param name="weightedMetrics">The metrics that use the sample weights, in the same form.</param>
    /// <param name="lossWeights">The factors of the losses in their sum, in the order of the outputs or by name; 1 by default.</param>
    /// <param name="stepsPerExecution">Number of steps between calls of the batch hooks, at most one epoch; 1 by default.</param>
    /// <param name="device">Where to compute; the CPU by default.</param>
    public void Compile(
        Optimizer? optimizer,
        Func<Tensor, Tensor, Tensor> loss,
        OutputMetrics? metrics = null,
        OutputMetrics? weightedMetrics = null,
        LossWeights? lossWeights = null,
        int stepsPerExecution = 1,
        Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Compile(optimizer, (OutputLosses)(Loss)loss, metrics, weightedMetrics, lossWeights, stepsPerExecution, device);
    }

    /// <summary>Creates the weights, unless they exist already. Keras: <c>build</c>.</summary>
    /// <remarks>A subclassed model that creates weights of its own overrides <see cref="Layer.Build(Shape)"/>, like a layer.</remarks>
    /// <param name="inputShapes">
    /// The input shape including the batch axis, which may be <see cref="Shape.None"/>: <c>model.Build([Shape.None, 28, 28])</c>; for
    /// several inputs, one shape for each.
    /// </param>
    /// <exception cref="ArgumentException">The input shape of a layer is invalid, or the model has another number of inputs.</exception>
    public new void Build(params IEnumerable<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        BuildOnce([.. inputShapes]);
    }

    /// <summary>Prints a summary of the layers, their output shapes and their numbers of parameters. Keras: <c>summary</c>.</summary>
    /// <param name="output">The writer to print to; <see cref="Output"/> by default.</param>
    public void Summary(TextWriter? output = null)
    {
        if (!Built && DeclaredInputShapes is not null)
        {
            EnsureBuilt();
        }

        ModelSummary.Write(this, output ?? Output);
    }

    /// <summary>Wraps the optimizer of a model with policy mixed_float16, as Keras does by default.</summary>
    private Optimizer ScaledIfNeeded(Optimizer given) =>
        DTypePolicy.Name != "mixed_float16" || given is LossScaleOptimizer ? given
        : Optimizer is LossScaleOptimizer { InnerOptimizer: var inner } before && ReferenceEquals(inner, given) ? before
        : new LossScaleOptimizer(given, name: "loss_scale_optimizer");

    /// <summary>The seed; drawn now if none was given.</summary>
    internal ulong ResolveSeed()
    {
        // Several threads may predict at the same time.
        lock (uses)
        {
            if (Seed is null)
            {
                (Seed, SeedIsDrawn) = (Random.Shared.NextInt64(), true);
            }

            return (ulong)Seed.Value;
        }
    }

    /// <summary>The counters from which the random numbers of each step derive.</summary>
    internal StepDraws Draws { get; } = new();

    /// <summary>Whether the seed was drawn, not given by the user.</summary>
    internal bool SeedIsDrawn { get; private set; }

    /// <summary>Creates the weights for the declared input, unless they exist already.</summary>
    /// <param name="mostNumbers">Maximum total number of elements.</param>
    /// <param name="leaveEmpty">Whether to leave the weights uninitialized, since a file's values follow immediately.</param>
    internal virtual void EnsureBuilt(long mostNumbers = long.MaxValue, bool leaveEmpty = false)
    {
        uses.ThrowIfDisposed();
        if (!Built)
        {
            IReadOnlyList<Shape> shapes = DeclaredInputShapes ?? throw new InvalidOperationException(
                $"The model '{Name}' is not built, because its input shape is not known. "
                + "Start it with new Input(shape), call Build(inputShape), or train it.");
            BuildOnce(shapes, mostNumbers, leaveEmpty);
        }
    }

    /// <summary>An action to run as soon as the weights exist; null for none.</summary>
    internal Action? OnceBuilt { get; set; }

    /// <summary>Whether the weights exist or can be created without data.</summary>
    internal bool DeclaresInput => Built || DeclaredInputShapes is not null;

    /// <summary>Resets the state of every stateful layer to zeros.</summary>
    public void ResetStates()
    {
        foreach (RecurrentLayer layer in Parts(this).OfType<RecurrentLayer>().Where(l => l.Stateful))
        {
            layer.ResetState();
        }

        static IEnumerable<Layer> Parts(Layer layer) =>
            (layer is Model model ? model.Layers : []).Concat(layer.Sublayers.Select(s => s.Layer))
            .SelectMany(part => Parts(part).Prepend(part));
    }

    /// <summary>The names of the inputs, in order; empty while the inputs of a subclassed model are not known.</summary>
    internal virtual IReadOnlyList<string> InputNames =>
        givenInputNames ?? (Built ? InputShapes.Count : DeclaredInputShapes?.Count ?? 0) switch
        {
            0 => [],
            1 => ["input_layer"],
            var count => [.. Enumerable.Range(1, count).Select(i => $"input_{i}")],
        };

    /// <summary>The element types of the inputs, in order; float32 by default.</summary>
    internal virtual IReadOnlyList<ScalarType> InputTypes => [];

    /// <summary>Called before the callbacks that begin the training and its epochs.</summary>
    internal virtual void BeginTraining()
    {
    }

    /// <summary>Called when training has ended.</summary>
    private protected virtual void EndTraining()
    {
    }

    /// <summary>
    /// The unique names of the outputs, in order: those of the layers that produce them; empty while the number of outputs of a subclassed
    /// model is not known.
    /// </summary>
    internal virtual IReadOnlyList<string> OutputNames => (Built, OutputShapes.Count) switch
    {
        (false, _) => givenOutputNames ?? [],
        (true, var count) when givenOutputNames?.Count == count => givenOutputNames,
        (true, < 2) => [Name],
        (true, var count) => [.. Enumerable.Range(1, count).Select(i => $"output_{i}")],
    };

    /// <summary>The input shapes, if the model declares them.</summary>
    private protected virtual IReadOnlyList<Shape>? DeclaredInputShapes => SavedInputShapes;

    /// <summary>The input shapes declared by a nested model.</summary>
    private protected static IReadOnlyList<Shape>? DeclaredBy(Model model) => model.DeclaredInputShapes;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        MarkDisposed();
        EndPlan();
        foreach (Layer layer in Layers)
        {
            layer.Dispose();
        }

        Optimizer?.Dispose();
    }

    /// <summary>Disposes the model; any later use throws <see cref="ObjectDisposedException"/>.</summary>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    private protected void MarkDisposed()
    {
        uses.RequireNone(nameof(Dispose), "Wait for it to end, or stop it with its cancellationToken, before disposing the model.");
        uses.Dispose();
    }

    /// <summary>Throws if the model is in use, so that its layers can't be changed.</summary>
    private protected void RequireUnused(string what)
    {
        uses.ThrowIfDisposed();
        uses.RequireNone(what, "Wait for it to end, or stop it, before changing the layers.");
    }

    private void CheckNames(OutputMetrics? metrics, string argument)
    {
        if (metrics is null)
        {
            return;
        }

        if (metrics.Any(group => group is null || group.Contains(null!)))
        {
            throw new ArgumentException("A metric is null.", argument);
        }

        foreach (IEnumerable<Metric> group in HasSeveralOutputs ? metrics.Cast<IEnumerable<Metric>>() : [metrics.SelectMany(g => g)])
        {
            string? twice = group.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1 || g.Key == "loss")?.Key;
            if (twice is not null)
            {
                throw new ArgumentException($"Metric names must be unique and other than 'loss'; '{twice}' is used twice.", argument);
            }
        }
    }

    private void BuildOnce(IReadOnlyList<Shape> inputShapes, long mostNumbers = long.MaxValue, bool leaveEmpty = false)
    {
        Native.LibTorch.EnsureLoaded();
        BuildFor(inputShapes, CallArguments.For(inputShapes.Count), new BuildContext(ResolveSeed(), mostNumbers, leaveEmpty));
        if (OnceBuilt is { } next)
        {
            OnceBuilt = null;
            next();
        }

        if (Device.type != DeviceType.CPU)
        {
            MoveTo(Device);
        }
    }
}
