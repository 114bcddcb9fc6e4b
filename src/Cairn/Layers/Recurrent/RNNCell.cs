using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// One step of a recurrent network: computes an output and the next states from an input and the previous states. Derive from it to write a
/// cell, compute in <see cref="Step"/>, and run it over sequences with an <see cref="RNN"/>.
/// </summary>
/// <remarks>Inputs <c>[batch, features]</c>, states <c>[batch, size]</c>, output <c>[batch, OutputSize]</c>.</remarks>
/// <param name="name">Unique name, or null for the automatic one.</param>
public abstract class RNNCell(string? name) : Layer(name)
{
    /// <summary>The size of each state. Keras: <c>state_size</c>.</summary>
    public abstract IReadOnlyList<int> StateSizes { get; }

    /// <summary>The size of the output; the size of the first state by default. Keras: <c>output_size</c>.</summary>
    public virtual int OutputSize => StateSizes[0];

    internal override bool HasSeveralOutputs => true;

    internal override IReadOnlyList<string> CallParameters => ["inputs", "states", "training"];

    private protected override bool IsWide => true;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => [inputShape[0], OutputSize];

    /// <inheritdoc/>
    public sealed override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        return [ComputeOutputShape(inputShapes[0]), .. StateShapes(inputShapes[0])];
    }

    /// <summary>Creates the initial states; zeros by default. Keras: <c>get_initial_state</c>.</summary>
    /// <param name="batchSize">Number of samples.</param>
    /// <param name="device">The device of the states.</param>
    public virtual Tensor[] GetInitialState(long batchSize, Device device) =>
        [.. StateSizes.Select(size => zeros([batchSize, size], ScalarType.Float32, device))];

    /// <summary>The cell's function. Keras: <c>call(inputs, states)</c>.</summary>
    /// <param name="x">The input of this time step.</param>
    /// <param name="states">The states of the previous time step.</param>
    /// <param name="context">Training mode and random numbers of this training step.</param>
    /// <returns>The output and the new states.</returns>
    protected abstract (Tensor Output, Tensor[] States) Step(Tensor x, Tensor[] states, CallContext context);

    /// <summary>Prepares a run over a sequence: draws and computes what is shared by all of its steps.</summary>
    internal virtual CellRun Begin(long batchSize, CallContext context) => new(x => x, (x, states) => Step(x, states, context));

    /// <summary>Computes all steps at once, if the cell has a faster way than step by step.</summary>
    /// <param name="steps">The inputs in order, <c>[steps, batch, features]</c>.</param>
    /// <param name="states">The initial states.</param>
    /// <param name="counts">The mask, <c>[steps, batch]</c>, true at unmasked steps, or null for none.</param>
    /// <param name="fromZero">Whether the initial states are zero and need no gradients.</param>
    /// <param name="context">The context of the call.</param>
    /// <returns>The first state at all steps, <c>[steps, batch, units]</c>, which is also the output, and the last states; null if not
    /// supported.</returns>
    internal virtual (Tensor All, Tensor[] Last)? TryWalk(Tensor steps, Tensor[] states, Tensor? counts, bool fromZero,
        CallContext context) => null;

    /// <summary>The shapes of the states for the input of one step.</summary>
    internal virtual Shape[] StateShapes(Shape stepShape) => [.. StateSizes.Select(size => Shape.Create([stepShape[0], size]))];

    /// <summary>Whether the initial states are known to be zero.</summary>
    internal virtual bool StatesStartAtZero => false;

    /// <inheritdoc/>
    protected sealed override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        Build(inputShapes[0]);
    }

    /// <inheritdoc/>
    protected sealed override Tensor Call(Tensor x, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Step(x, GetInitialState(x.shape[0], x.device), context).Output;
    }

    /// <inheritdoc/>
    protected sealed override Tensor[] Call(Tensor[] inputs, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor[] states = inputs.Length > 1 ? inputs[1..] : GetInitialState(inputs[0].shape[0], inputs[0].device);
        (Tensor output, Tensor[] next) = Step(inputs[0], states, context);
        return [output, .. next];
    }
}
