using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>Layers that make one function, with what is needed to train it. Keras: <c>Model</c>.</summary>
/// <remarks>
/// <see cref="Compile"/> says how to train, <c>Fit</c> trains, <c>Evaluate</c> measures, <c>Predict</c> computes outputs,
/// <c>Save</c> and <c>Load</c> keep all of it in Keras' files. A model is used by one thread at a time, except that
/// several may predict.
/// </remarks>
public abstract partial class Model : Layer
{
    private readonly ModelUses uses;
    private MetricSet? metrics;
    private OutputLosses? losses;
    private LossWeights? lossWeights;
    private int stepsPerExecution = 1;

    /// <summary>
    /// The seed that decides first weights, the order of the samples and dropout: the same seed on the same data and machine gives the
    /// same bits. Where none is given, one is drawn at first use and can be read here.
    /// </summary>
    public long? Seed
    {
        get;
        set => (field, SeedIsDrawn) = (value, false);
    }

    /// <summary>What changes the weights; null before <see cref="Compile"/>.</summary>
    public Optimizer? Optimizer { get; private set; }

    /// <summary>What training makes small; null before <see cref="Compile"/>, and where the outputs have losses of their own.</summary>
    public Loss? Loss => losses is [var only] ? only : null;

    /// <summary>Whether the model knows how to train.</summary>
    public bool Compiled => metrics is not null;

    /// <summary>Set to true by a callback to end the training after the batch or epoch under way.</summary>
    public bool StopTraining { get; set; }

    /// <summary>Set to true by a callback to end an evaluation or a validation after the batch under way; false again when the next one begins.</summary>
    public bool StopEvaluating { get; set; }

    /// <summary>Set to true by a callback to end a prediction after the batch under way; false again when the next one begins.</summary>
    public bool StopPredicting { get; set; }

    /// <summary>Where summaries, progress and the messages of callbacks go; standard output by default.</summary>
    public TextWriter Output
    {
        get => field ?? Console.Out;
        set;
    }

    /// <summary>Where the weights are and the computation happens; the CPU by default.</summary>
    public Device Device
    {
        get => field ?? CPU;
        private set;
    }

    internal MetricSet? MetricSet => metrics;

    /// <summary>The losses as the user gave them.</summary>
    internal OutputLosses? CompiledLosses => losses;

    /// <summary>The weights of the losses as the user gave them.</summary>
    internal LossWeights? CompiledLossWeights => lossWeights;

    /// <summary>Steps between two calls of the callbacks' batch hooks.</summary>
    internal int StepsPerExecution => stepsPerExecution;

    /// <summary>Says how to train.</summary>
    /// <param name="optimizer">What changes the weights; <c>"rmsprop"</c> by default, as in Keras.</param>
    /// <param name="loss">
    /// What training makes small, such as <c>"sparse_categorical_crossentropy"</c>; needed by <c>Fit</c> and <c>Evaluate</c>. One for all outputs, or
    /// one for each: <c>["mse", "binary_crossentropy"]</c>, or by name, <c>new() { ["price"] = "mse", ["sold"] = "binary_crossentropy" }</c>.
    /// </param>
    /// <param name="metrics">What is measured besides, such as <c>["accuracy"]</c>; with several outputs one entry for each, or by name.</param>
    /// <param name="weightedMetrics">What is measured with the samples' weights, likewise.</param>
    /// <param name="lossWeights">What the losses of the outputs are multiplied with in their sum, in the outputs' order or by name; 1 by default.</param>
    /// <param name="stepsPerExecution">Steps between two calls of the callbacks' batch hooks; 1 by default. Whole epochs at most.</param>
    /// <param name="device">Where to compute; the CPU by default.</param>
    /// <exception cref="ArgumentException">Two metrics of an output have the same name.</exception>
    /// <exception cref="InvalidOperationException">The model is being trained or evaluated; a callback can't compile it before <c>OnTrainEnd</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="stepsPerExecution"/> is below 1.</exception>
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
            "To change which weights are trained, set Trainable; to change the learning rate, set Optimizer.LearningRate; otherwise "
                + "end the run "
            + "with StopTraining, compile, and call Fit again.");
        CheckNames(metrics, nameof(metrics));
        CheckNames(weightedMetrics, nameof(weightedMetrics));
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerExecution, 1);
        Optimizer next = optimizer ?? "rmsprop";
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

    /// <summary>Copies of all weights, in the order of <see cref="Layer.Weights"/>.</summary>
    /// <exception cref="InvalidOperationException">The model has no weights yet, since its input's shape is not known.</exception>
    public NDArray[] GetWeights()
    {
        uses.ThrowIfDisposed();
        EnsureBuilt();
        return [.. Weights.Select(v => v.ToNDArray())];
    }

    /// <summary>Replaces all weights.</summary>
    /// <param name="weights">As many arrays as the model has weights, of the same shapes and in the same order.</param>
    /// <exception cref="ArgumentException">Their number or a shape differs; then nothing is changed.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet, since its input's shape is not known.</exception>
    public void SetWeights(IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        uses.ThrowIfDisposed();
        EnsureBuilt();
        IReadOnlyList<Variable> variables = Weights;
        if (weights.Count != variables.Count)
        {
            throw new ArgumentException($"The model '{Name}' has {variables.Count} weights and was given {weights.Count}.",
                nameof(weights));
        }

        for (int i = 0; i < weights.Count; i++)
        {
            if (!weights[i].Shape.Equals(variables[i].Shape))
            {
                throw new ArgumentException(
                    $"The weight '{variables[i].Path}' has the shape {variables[i].Shape} and can't take numbers of "
                        + $"shape {weights[i].Shape}.", nameof(weights));
            }
        }

        for (int i = 0; i < weights.Count; i++)
        {
            variables[i].Assign(weights[i]);
        }
    }

    /// <summary>Makes the weights, where that has not happened. Keras: <c>build</c>.</summary>
    /// <remarks>A model of your own class that makes weights of its own overrides <see cref="Layer.Build(Shape)"/>, as a layer does.</remarks>
    /// <param name="inputShapes">
    /// The shape of the input with the batch axis, which may be <see cref="Shape.None"/>: <c>model.Build([Shape.None, 28, 28])</c>; for a model of
    /// several inputs one shape for each.
    /// </param>
    /// <exception cref="ArgumentException">A layer can't take what reaches it, or the model has another number of inputs.</exception>
    public void Build(params IEnumerable<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        BuildOnce([.. inputShapes]);
    }

    /// <summary>Prints the layers, their output shapes and the numbers of parameters, as Keras does.</summary>
    /// <param name="output">Where to; <see cref="Output"/> by default.</param>
    public void Summary(TextWriter? output = null)
    {
        if (!Built && DeclaredInputShapes is not null)
        {
            EnsureBuilt();
        }

        ModelSummary.Write(this, output ?? Output);
    }

    /// <summary>The seed, drawn now where none was given.</summary>
    internal ulong SettleSeed()
    {
        if (Seed is null)
        {
            (Seed, SeedIsDrawn) = (Random.Shared.NextInt64(), true);
        }

        return (ulong)Seed.Value;
    }

    /// <summary>Whether nobody chose the seed.</summary>
    internal bool SeedIsDrawn { get; private set; }

    /// <summary>Makes the weights, where that has not happened, for the declared input.</summary>
    /// <param name="mostNumbers">How many numbers they may have together.</param>
    /// <param name="leaveEmpty">Whether the weights stay without numbers, since a file's follow at once.</param>
    internal virtual void EnsureBuilt(long mostNumbers = long.MaxValue, bool leaveEmpty = false)
    {
        uses.ThrowIfDisposed();
        if (!Built)
        {
            IReadOnlyList<Shape> shapes = DeclaredInputShapes ?? throw new InvalidOperationException(
                $"The model '{Name}' has no weights yet, because the shape of its input is not known. "
                + "Begin it with new Input(shape), call Build(inputShape), or train it.");
            BuildOnce(shapes, mostNumbers, leaveEmpty);
        }
    }

    /// <summary>What is to be done as soon as the weights are there; null for nothing.</summary>
    internal Action? OnceBuilt { get; set; }

    /// <summary>Whether the weights are there or can be made without data.</summary>
    internal bool DeclaresInput => Built || DeclaredInputShapes is not null;

    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    /// <summary>The layers gave their outputs their masks.</summary>
    private protected override void PropagateMasks(Tensor[] inputs, Tensor[] outputs, CallContext context)
    {
    }

    internal override bool TakesMask => true;

    /// <summary>Starts the next batch of every stateful layer from zeros.</summary>
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

    internal override bool MixesSamples(CallContext context) =>
        Layers.Count == 0 || Layers.Any(l => l.MixesSamples(context)) || base.MixesSamples(context);

    internal override void MoveTo(Device device)
    {
        foreach (Layer layer in Layers)
        {
            layer.MoveTo(device);
        }

        Optimizer?.MoveTo(device);
        Device = device;
    }

    /// <summary>The names of the inputs, in their order; none as long as a model of a user's own takes whatever comes.</summary>
    internal virtual IReadOnlyList<string> InputNames =>
        givenInputNames ?? (Built ? InputShapes.Count : DeclaredInputShapes?.Count ?? 0) switch
    {
        0 => [],
        1 => ["input_layer"],
        var count => [.. Enumerable.Range(1, count).Select(i => $"input_{i}")],
    };

    /// <summary>The element types of the inputs, in their order; float32 where none are given.</summary>
    internal virtual IReadOnlyList<ScalarType> InputTypes => [];

    internal override bool TakesIdentifiers => InputTypes.Contains(ScalarType.Int64);

    /// <summary>A training is over.</summary>
    private protected virtual void EndTraining()
    {
    }

    /// <summary>
    /// The names of the outputs, in their order, each different: those of the layers that give them; none as long as it is not known how many
    /// a model of a user's own has.
    /// </summary>
    internal virtual IReadOnlyList<string> OutputNames => (Built, OutputShapes.Count) switch
    {
        (false, _) => givenOutputNames ?? [],
        (true, var count) when givenOutputNames?.Count == count => givenOutputNames,
        (true, < 2) => [Name],
        (true, var count) => [.. Enumerable.Range(1, count).Select(i => $"output_{i}")],
    };

    /// <summary>The inputs' shapes where the model declares them.</summary>
    private protected virtual IReadOnlyList<Shape>? DeclaredInputShapes => SavedInputShapes;

    private protected override IEnumerable<Layer> Parts => Layers;

    /// <summary>The inputs' shapes that a model within this one declares.</summary>
    private protected static IReadOnlyList<Shape>? DeclaredBy(Model model) => model.DeclaredInputShapes;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        MarkDisposed();
        foreach (Layer layer in Layers)
        {
            layer.Dispose();
        }

        Optimizer?.Dispose();
    }

    /// <summary>From here on every use of the model says that it is disposed.</summary>
    /// <exception cref="InvalidOperationException">The model is in use.</exception>
    private protected void MarkDisposed()
    {
        uses.RequireNone(nameof(Dispose), "Wait for it to end, or stop it with its cancellationToken, before the model is disposed.");
        uses.Dispose();
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
                throw new ArgumentException($"Metrics need names of their own, other than 'loss'; '{twice}' is used twice.", argument);
            }
        }
    }

    private void BuildOnce(IReadOnlyList<Shape> inputShapes, long mostNumbers = long.MaxValue, bool leaveEmpty = false)
    {
        Native.LibTorch.EnsureLoaded();
        BuildFor(inputShapes, CallArguments.For(inputShapes.Count), new BuildContext(SettleSeed(), mostNumbers, leaveEmpty));
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
