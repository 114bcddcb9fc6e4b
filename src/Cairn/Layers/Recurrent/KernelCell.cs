using System.ComponentModel;
using Cairn.Initializers;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Base class of <see cref="SimpleRNNCell"/>, <see cref="LSTMCell"/> and <see cref="GRUCell"/>: concatenated weights of all gates, and
/// dropout.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class KernelCell : RNNCell
{
    private readonly int gates;

    private protected KernelCell(RecurrentSettings settings, int gates, string? name)
        : base(name)
    {
        Settings = settings;
        this.gates = gates;
    }

    /// <summary>Size of the output and of each state.</summary>
    public int Units => Settings.Units;

    internal RecurrentSettings Settings { get; }

    /// <summary>The input kernel, <c>[features, gates · units]</c>.</summary>
    internal Variable Kernel { get; private set; } = null!;

    /// <summary>The recurrent kernel, <c>[units, gates · units]</c>.</summary>
    internal Variable RecurrentKernel { get; private set; } = null!;

    /// <summary>The bias, or null.</summary>
    internal Variable? Bias { get; private set; }

    internal override bool StatesStartAtZero => true;

    private protected virtual Initializer BiasInitializer => Settings.BiasInitializer;

    private protected virtual Shape BiasShape => [gates * Units];

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank != 2 || inputShape[1] == Shape.None)
        {
            throw UnfitInput(inputShape, "inputs of shape (batch, features) with a known number of features");
        }

        Kernel = AddWeight(
            "kernel", [inputShape[1], gates * Units], Settings.KernelInitializer, regularizer: Settings.KernelRegularizer,
            constraint: Settings.KernelConstraint);
        RecurrentKernel = AddWeight(
            "recurrent_kernel", [Units, gates * Units], Settings.RecurrentInitializer, regularizer: Settings.RecurrentRegularizer,
            constraint: Settings.RecurrentConstraint);
        if (Settings.UseBias)
        {
            Bias = AddWeight("bias", BiasShape, BiasInitializer, regularizer: Settings.BiasRegularizer,
                constraint: Settings.BiasConstraint);
        }
    }

    /// <inheritdoc/>
    protected sealed override (Tensor Output, Tensor[] States) Step(Tensor x, Tensor[] states, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(context);
        CellRun run = Begin(x.shape[0], context);
        return run.Step(run.Project(x), states);
    }

    /// <summary>The bias of the inputs, or null.</summary>
    private protected virtual Tensor? InputBias => Bias?.Value;

    /// <summary>Whether this call drops inputs or states.</summary>
    internal bool Drops(CallContext context) => context.Training && (Settings.Dropout > 0 || Settings.RecurrentDropout > 0);

    /// <summary>The function that projects inputs to the gates, with this call's dropout.</summary>
    private protected Func<Tensor, Tensor> Projection(long batchSize, CallContext context)
    {
        // Keras draws one mask for all gates, but one per gate if the states are dropped too.
        Tensor[] masks = Masks(Settings.Dropout, Settings.RecurrentDropout > 0 ? gates : 1, [batchSize, Kernel.Shape[0]], context);
        return masks switch
        {
            [] => x => Affine(x, Kernel.Value, InputBias),
            [var mask] => x => Affine(x * mask, Kernel.Value, InputBias),
            _ => x => cat([.. masks.Zip(Kernel.Value.chunk(gates, 1), (mask, kernel) => (x * mask).MatrixProduct(kernel))], -1) is var sum
                && InputBias is { } bias ? sum.Plus(bias) : sum,
        };
    }

    /// <summary>The inputs <c>[steps, batch, features]</c> with this call's dropout, if the states are not dropped too.</summary>
    private protected Tensor Dropped(Tensor steps, CallContext context) =>
        Masks(Settings.Dropout, 1, [steps.shape[1], Kernel.Shape[0]], context) is [var mask] ? steps * mask : steps;

    /// <summary>The dropout masks of the states for this call, one per gate; empty if nothing is dropped.</summary>
    private protected Tensor[] StateMasks(long batchSize, CallContext context) =>
        Masks(Settings.RecurrentDropout, gates, [batchSize, Units], context);

    private protected static Tensor Affine(Tensor x, Tensor kernel, Tensor? bias) => bias is null ? x.MatrixProduct(kernel)
        : x.dim() == 2 ? addmm(bias, x, kernel, 1, 1)
        : addmm(bias, x.reshape(-1, x.shape[^1]), kernel, 1, 1).reshape([.. x.shape[..^1], kernel.shape[1]]);

    private Tensor[] Masks(double rate, int count, long[] shape, CallContext context)
    {
        if (rate == 0 || !context.Training)
        {
            return [];
        }

        Tensor whole = ones(shape, Kernel.Value.dtype, Kernel.Value.device);
        return [.. Enumerable.Range(0, count).Select(_ => Dropout.Drop(whole, shape, rate, context))];
    }
}
