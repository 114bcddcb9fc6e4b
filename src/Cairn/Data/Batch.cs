using Cairn.Replication;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>A batch of samples: inputs, targets and weights. Streamed into <c>Fit</c> and passed to training steps.</summary>
/// <remarks>
/// <c>Fit</c> disposes the batches of an iterator or another lazy sequence after use, unless <see cref="LeaveOpen"/> is set. Batches in an
/// array or list remain owned by the caller, because every epoch uses them again. The tensors of a batch passed to a step are valid during
/// that step.
/// </remarks>
public sealed class Batch : IDisposable
{
    private readonly Tensor[] inputs;
    private readonly Tensor[] targets;
    private readonly Tensor?[] weights;
    private readonly BatchPool? home;

    /// <summary>Creates a batch.</summary>
    /// <param name="x">
    /// Inputs, <c>[count, ...]</c>; for a model with several inputs, in model order or by name. Arrays are copied, tensors are not.
    /// </param>
    /// <param name="y">Targets, <c>[count, ...]</c>, in the same form; none for prediction.</param>
    /// <param name="sampleWeight">
    /// A weight per sample, <c>[count]</c>: one array for all outputs, or one per output; 1 if omitted.
    /// </param>
    /// <param name="leaveOpen">Whether the tensors remain owned by the caller; false by default.</param>
    /// <exception cref="ArgumentException">There is no input, or the arrays differ in the number of samples.</exception>
    public Batch(NDArrays x, NDArrays? y = null, NDArrays? sampleWeight = null, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Count == 0)
        {
            throw new ArgumentException("A batch needs at least one input.", nameof(x));
        }

        Count = SamplesIn(x[0], nameof(x));
        CheckCounts(x, nameof(x));
        CheckCounts(y, nameof(y));
        CheckCounts(sampleWeight, nameof(sampleWeight));
        Native.LibTorch.EnsureLoaded();
        inputs = Tensors(x);
        targets = Tensors(y);
        weights = Tensors(sampleWeight);
        (InputNames, TargetNames, WeightNames) = (x.Names, y?.Names ?? [], sampleWeight?.Names ?? []);
        LeaveOpen = leaveOpen;
        TextInputs = [.. x.Select(array => array.IsText)];
    }

    /// <summary>Takes ownership of tensors in model order.</summary>
    internal Batch(Tensor[] inputs, Tensor[] targets, Tensor?[] weights, long count, BatchPool? home = null)
    {
        (this.inputs, this.targets, this.weights, Count, this.home) = (inputs, targets, weights, count, home);
        (InputNames, TargetNames, WeightNames) = ([], [], []);
    }

    /// <summary>The input, or the first of several.</summary>
    public Tensor X => inputs[0];

    /// <summary>The target, or the first of several; null for prediction.</summary>
    public Tensor? Y => targets.Length > 0 ? targets[0] : null;

    /// <summary>The sample weights, or those of the first of several outputs; null for 1.</summary>
    public Tensor? Weight => weights.Length > 0 ? weights[0] : null;

    /// <summary>All inputs.</summary>
    public IReadOnlyList<Tensor> Inputs => inputs;

    /// <summary>All targets; none for prediction.</summary>
    public IReadOnlyList<Tensor> Targets => targets;

    /// <summary>The weights: none, one for all outputs, or one for each output, null for 1.</summary>
    public IReadOnlyList<Tensor?> Weights => weights;

    /// <summary>Number of samples.</summary>
    public long Count { get; internal set; }

    /// <summary>Whether the tensors remain owned by the caller after the batch has been used.</summary>
    public bool LeaveOpen { get; }

    /// <summary>The sample weights of an output, or null for 1.</summary>
    /// <param name="output">Index of the output.</param>
    public Tensor? WeightOf(int output) => weights.Length switch
    {
        0 => null,
        1 => weights[0],
        _ => weights[output],
    };

    /// <summary>Which inputs were given as strings; empty if unknown.</summary>
    internal IReadOnlyList<bool> TextInputs { get; } = [];

    internal IReadOnlyList<string> InputNames { get; }

    internal IReadOnlyList<string> TargetNames { get; }

    internal IReadOnlyList<string> WeightNames { get; }

    /// <summary>The arrays themselves, for the hot path and for sources that refill them for each batch.</summary>
    internal (Tensor[] Inputs, Tensor[] Targets, Tensor?[] Weights) Slots => (inputs, targets, weights);

    /// <summary>The share of a distributed batch that this batch is; null for a whole batch.</summary>
    internal BatchShare? Share { get; set; }

    /// <summary>Some consecutive samples, as views in the caller's dispose scope.</summary>
    internal Batch Rows(long first, long count) => new(
        Array.ConvertAll(inputs, x => x.narrow(0, first, count)),
        Array.ConvertAll(targets, y => y.narrow(0, first, count)),
        Array.ConvertAll(weights, w => w?.narrow(0, first, count)),
        count);

    /// <summary>Whether the tensors have room for more samples than <see cref="Count"/>.</summary>
    internal bool IsPooled => home is not null;

    /// <summary>Describes the position of a row of the batch in its file; null for data from elsewhere.</summary>
    internal Func<long, string>? Origin { get; set; }

    /// <summary>The position of a row, for messages.</summary>
    /// <param name="row">Index within the batch.</param>
    /// <param name="batch">Index of the batch within the pass.</param>
    internal string PlaceOf(long row, long batch) =>
        $"{(Origin is null ? "" : $"{Origin(row)} (")}batch {batch}, row {row}{(Origin is null ? "" : ")")}";

    /// <summary>Disposes the tensors.</summary>
    public void Dispose()
    {
        if (home is not null && home.TryTakeBack(this))
        {
            return;
        }

        foreach (Tensor tensor in inputs)
        {
            tensor.Dispose();
        }

        foreach (Tensor tensor in targets)
        {
            tensor.Dispose();
        }

        foreach (Tensor? tensor in weights)
        {
            tensor?.Dispose();
        }
    }

    private static Tensor[] Tensors(NDArrays? arrays) =>
        [.. (arrays ?? []).Select(array => array.SourceTensor ?? array.ToTensor().DetachFromDisposeScope())];

    private static long SamplesIn(NDArray array, string argument) => array.Shape.Rank > 0
        ? array.Shape[0]
        : throw new ArgumentException($"{argument} is a scalar; its first axis must be the samples.", argument);

    private void CheckCounts(NDArrays? arrays, string argument)
    {
        foreach (NDArray array in arrays ?? [])
        {
            if (SamplesIn(array, argument) != Count)
            {
                throw new ArgumentException($"All arrays of a batch must have the same number of samples; x has {Count}, but {argument} "
                    + $"has the shape {array.Shape}.", argument);
            }
        }
    }
}
