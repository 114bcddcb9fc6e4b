using System.Text.Json.Nodes;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Runs a cell over a sequence. Keras: <c>layers.RNN</c>.</summary>
/// <remarks>
/// <para>Input <c>[batch, steps, ...]</c>; output <c>[batch, outputSize]</c> or with <c>returnSequences</c>
/// <c>[batch, steps, outputSize]</c>; with <c>returnState</c>, followed by the last states.</para>
/// <para>As in Keras 3.16, the mask of the input is used but not passed on, and it is not used if initial states are given without an
/// explicit mask.</para>
/// </remarks>
public partial class RNN : RecurrentLayer
{
    private RecurrentMode mode;
    private bool isDirection;

    /// <summary>Creates a recurrent layer from a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="returnSequences">Whether to return all steps, or only the last one (default).</param>
    /// <param name="returnState">Whether to also return the last states; false by default.</param>
    /// <param name="goBackwards">Whether to process the sequence backwards; the output is then in reverse order too. False by
    /// default.</param>
    /// <param name="stateful">Whether a batch starts from the last states of the previous batch; false by default. Needs a fixed batch
    /// size.</param>
    /// <param name="unroll">Kept for compatibility with Keras files; steps are always computed one after the other here.</param>
    /// <param name="zeroOutputForMask">Whether masked steps output zeros instead of repeating the previous output; false by
    /// default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="name">Unique name, or null for <c>rnn</c>, <c>rnn_1</c>, …</param>
    public RNN(
        RNNCell cell,
        bool returnSequences = false,
        bool returnState = false,
        bool goBackwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zeroOutputForMask = false,
        Regularizer? activityRegularizer = null,
        string? name = null)
        : this(cell, new RecurrentMode(returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask),
        activityRegularizer, name)
    {
    }

    /// <summary>Creates a recurrent layer from several stacked cells. See <see cref="StackedRNNCells"/>.</summary>
    /// <param name="cells">The cells, at least one.</param>
    /// <param name="returnSequences">Whether to return all steps, or only the last one (default).</param>
    /// <param name="returnState">Whether to also return the last states; false by default.</param>
    /// <param name="goBackwards">Whether to process the sequence backwards; false by default.</param>
    /// <param name="stateful">Whether a batch starts from the last states of the previous batch; false by default. Needs a fixed batch
    /// size.</param>
    /// <param name="unroll">Kept for compatibility with Keras files.</param>
    /// <param name="zeroOutputForMask">Whether masked steps output zeros; false by default.</param>
    /// <param name="activityRegularizer">Regularizer of the output, divided by the batch size; none by default.</param>
    /// <param name="name">Unique name, or null for <c>rnn</c>, <c>rnn_1</c>, …</param>
    public RNN(
        IReadOnlyList<RNNCell> cells,
        bool returnSequences = false,
        bool returnState = false,
        bool goBackwards = false,
        bool stateful = false,
        bool unroll = false,
        bool zeroOutputForMask = false,
        Regularizer? activityRegularizer = null,
        string? name = null)
        : this(new StackedRNNCells(cells), returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask,
        activityRegularizer, name)
    {
    }

    private protected RNN(RNNCell cell, RecurrentMode mode, Regularizer? activityRegularizer, string? name)
        : base(name)
    {
        Cell = AddSublayer(cell, "cell");
        this.mode = mode;
        ActivityRegularizer = activityRegularizer;
    }

    /// <summary>The cell.</summary>
    public RNNCell Cell { get; }

    /// <inheritdoc/>
    public override bool ReturnSequences => mode.ReturnSequences;

    /// <inheritdoc/>
    public override bool ReturnState => mode.ReturnState;

    /// <summary>Whether the sequence is processed backwards.</summary>
    public bool GoBackwards => mode.GoBackwards;

    /// <inheritdoc/>
    public override bool Stateful => mode.Stateful;

    internal RecurrentMode Mode => mode;

    private protected override IReadOnlyList<int> StateGroups => GroupsOfStates;

    /// <summary>The number of states of each stacked cell.</summary>
    internal IReadOnlyList<int> GroupsOfStates =>
        Cell is StackedRNNCells stacked && stacked.Cells.Any(cell => cell.StateSizes.Count > 1)
        ? [.. stacked.Cells.Select(cell => cell.StateSizes.Count)] : [];

    private protected override string? LossOfMask => isDirection ? null : base.LossOfMask;

    /// <summary>
    /// Marks the layer as part of a <see cref="Bidirectional"/>, where masked steps output zeros if all steps are returned.
    /// </summary>
    internal void MarkAsDirection()
    {
        mode = mode with { ZeroOutputForMask = mode.ReturnSequences };
        isDirection = true;
    }

    internal override bool HasSeveralOutputs => mode.ReturnState;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => ComputeOutputShapes([inputShape])[0];

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Shape sequences = inputShapes[0];
        if (sequences.Rank < 3)
        {
            throw UnfitInput(sequences, "sequences of shape (batch, steps, features)");
        }

        Shape step = StepShape(sequences);
        Shape output = Cell.ComputeOutputShape(step);
        output = mode.ReturnSequences ? [output[0], sequences[1], .. output[1..]] : output;
        return mode.ReturnState ? [output, .. Cell.StateShapes(step)] : [output];
    }

    internal override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes, CallArguments arguments)
    {
        if (RecurrentArguments.StateCount(arguments, inputShapes.Count) is > 0 and var count)
        {
            CheckStates(inputShapes.Skip(1).Take(count), inputShapes[0]);
        }

        return ComputeOutputShapes(inputShapes);
    }

    internal static RNN FromConfig(ConfigReader config) => new(
        LayerRegistry.Deserialize(config.Node("cell"), $"{config.Place}/cell") as RNNCell
            ?? throw config.Error("cell", "expected a recurrent cell"),
        RecurrentMode.Read(config),
        LayerRegistry.Regularizer(config, "activity_regularizer"),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected sealed override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Shape sequences = inputShapes[0];
        if (sequences.Rank < 3)
        {
            throw UnfitInput(sequences, "sequences of shape (batch, steps, features)");
        }

        if (mode.Stateful && sequences[0] == Shape.None)
        {
            throw UnfitInput(sequences, "a fixed batch size, since it is stateful (set batchSize of the Input)");
        }

        BuildSublayer(Cell, StepShape(sequences));
    }

    /// <inheritdoc/>
    protected sealed override Tensor Call(Tensor x, CallContext context) => Call([x], CallArguments.One, context)[0];

    /// <inheritdoc/>
    protected sealed override Tensor[] Call(Tensor[] inputs, CallContext context) =>
        Call(inputs, CallArguments.For(inputs?.Length ?? 0), context);

    private protected sealed override Tensor[] Call(Tensor[] inputs, CallArguments arguments, CallContext context)
    {
        Tensor sequences = inputs[0];
        Tensor[] initial = inputs[1..(1 + RecurrentArguments.StateCount(arguments, inputs.Length))];
        Tensor? mask = arguments.Find("mask", inputs) ?? (initial.Length == 0 ? context.MaskOf(sequences) : null);
        (Tensor output, Tensor[] states) = Walk(sequences, initial, mask, context);
        return mode.ReturnState ? [output, .. states] : [output];
    }

    /// <inheritdoc/>
    protected sealed override void WriteConfig(JsonObject config)
    {
        mode.Write(config);
        WriteCell(config);
    }

    /// <summary>Writes the cell, and the layer's settings other than its <see cref="RecurrentMode"/>.</summary>
    private protected virtual void WriteCell(JsonObject config)
    {
        if (ActivityRegularizer is not null)
        {
            config["activity_regularizer"] = ActivityRegularizer.Serialize();
        }

        config["cell"] = Cell.Serialize();
    }

    /// <summary>Creates a layer like this one without its weights; null if the cell can't be serialized.</summary>
    internal RNN? TryCopy(string name, bool goBackwards)
    {
        if (!IsKnown(Cell))
        {
            return null;
        }

        JsonObject envelope = Serialize();
        envelope["config"]!["name"] = name;
        envelope["config"]!["go_backwards"] = goBackwards;
        return (RNN)LayerRegistry.Deserialize(envelope, ClassName);

        static bool IsKnown(Layer layer) =>
            (LayerRegistry.ClassNames.Contains(layer.ClassName) || CustomObjects.NamesOf<Layer>().Contains(layer.ClassName))
            && layer.Sublayers.All(s => IsKnown(s.Layer));
    }

    internal override bool MixesSamples(CallContext context) => mode.Stateful || base.MixesSamples(context);

    private (Tensor Output, Tensor[] States) Walk(Tensor sequences, Tensor[] initial, Tensor? mask, CallContext context)
    {
        long batch = sequences.shape[0];
        if (sequences.shape[1] == 0)
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes sequences with at least one step; got {(Shape)sequences.shape}.", nameof(sequences));
        }

        bool fresh = initial.Length == 0 && !mode.Stateful;
        if (initial.Length > 0)
        {
            CheckStates(initial.Select(s => (Shape)s.shape), sequences.shape);
        }
        else
        {
            initial = mode.Stateful ? StatesFor(batch, sequences.device) : Cell.GetInitialState(batch, sequences.device);
        }

        mask = UsefulMask(mask);
        (Tensor output, Tensor[] states) =
            RecurrentWalk.Along(Cell, sequences, initial, mask, mode, fresh && Cell.StatesStartAtZero, context);
        if (mode.Stateful)
        {
            Keep(states);
        }

        return (output, states);
    }

    private static Shape StepShape(Shape sequences) => [sequences[0], .. sequences[2..]];

    // Selecting between two states at every step is costly; skip it if no step is masked.
    private static Tensor? UsefulMask(Tensor? mask)
    {
        if (mask is null)
        {
            return null;
        }

        if (mask.dtype != ScalarType.Bool)
        {
            mask = mask.to(ScalarType.Bool);
        }

        return mask.device_type == TorchSharp.DeviceType.CPU && mask.all().item<bool>() ? null : mask;
    }

    private void CheckStates(IEnumerable<Shape> given, Shape sequences)
    {
        Shape[] shapes = [.. given];
        Shape[] expected = Cell.StateShapes(StepShape(sequences));
        if (shapes.Length != expected.Length || !expected.Zip(shapes).All(pair => pair.First.IsCompatibleWith(pair.Second)))
        {
            throw new ArgumentException(
                $"{ClassName} '{Name}' takes initial states of shape {Shape.Describe(expected)}; got "
                + $"{Shape.Describe(shapes)}.", nameof(given));
        }
    }
}
