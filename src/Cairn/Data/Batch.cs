using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Some samples: inputs, targets and weights. What streams into <c>Fit</c>, and what a step of training gets.</summary>
/// <remarks>
/// A batch that comes out of an iterator or another lazy sequence is used up by <c>Fit</c>, which frees its tensors, unless
/// <see cref="LeaveOpen"/> is set. Batches in an array or list stay the caller's, since every epoch takes them again. The tensors of a batch
/// that is given to a step are valid during that step.
/// </remarks>
public sealed class Batch : IDisposable
{
    private readonly Tensor[] inputs;
    private readonly Tensor[] targets;
    private readonly Tensor?[] weights;
    private readonly BatchPool? home;

    /// <summary>Makes a batch.</summary>
    /// <param name="x">Inputs, <c>[count, ...]</c>; several for a model with several inputs, in its order or by name. Arrays are copied, tensors are not.</param>
    /// <param name="y">Targets, <c>[count, ...]</c>, likewise; none for prediction.</param>
    /// <param name="sampleWeight">A weight for each sample, <c>[count]</c>: one array for all outputs, or one an output; 1 where none is given.</param>
    /// <param name="leaveOpen">Whether the tensors stay the caller's; false by default.</param>
    /// <exception cref="ArgumentException">There is no input, or an array holds another number of samples.</exception>
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

    /// <summary>Takes over tensors in the model's order.</summary>
    internal Batch(Tensor[] inputs, Tensor[] targets, Tensor?[] weights, long count, BatchPool? home = null)
    {
        (this.inputs, this.targets, this.weights, Count, this.home) = (inputs, targets, weights, count, home);
        (InputNames, TargetNames, WeightNames) = ([], [], []);
    }

    /// <summary>The input, or the first of several.</summary>
    public Tensor X => inputs[0];

    /// <summary>The target, or the first of several; null for prediction.</summary>
    public Tensor? Y => targets.Length > 0 ? targets[0] : null;

    /// <summary>The samples' weights, or those for the first of several outputs; null for 1.</summary>
    public Tensor? Weight => weights.Length > 0 ? weights[0] : null;

    /// <summary>All inputs.</summary>
    public IReadOnlyList<Tensor> Inputs => inputs;

    /// <summary>All targets; none for prediction.</summary>
    public IReadOnlyList<Tensor> Targets => targets;

    /// <summary>The weights: none, one for all outputs, or one for each output, null for 1.</summary>
    public IReadOnlyList<Tensor?> Weights => weights;

    /// <summary>Number of samples.</summary>
    public long Count { get; internal set; }

    /// <summary>Whether the tensors stay the caller's when the batch has been used.</summary>
    public bool LeaveOpen { get; }

    /// <summary>The weights of the samples for one output, or null for 1.</summary>
    /// <param name="output">Index of the output.</param>
    public Tensor? WeightOf(int output) => weights.Length switch
    {
        0 => null,
        1 => weights[0],
        _ => weights[output],
    };

    /// <summary>Which of the inputs were given as strings; none where that is not known.</summary>
    internal IReadOnlyList<bool> TextInputs { get; } = [];

    internal IReadOnlyList<string> InputNames { get; }

    internal IReadOnlyList<string> TargetNames { get; }

    internal IReadOnlyList<string> WeightNames { get; }

    /// <summary>The arrays themselves, for the hot path and for a source that fills them anew for each batch.</summary>
    internal (Tensor[] Inputs, Tensor[] Targets, Tensor?[] Weights) Slots => (inputs, targets, weights);

    /// <summary>Whether the tensors have room for more samples than there are.</summary>
    internal bool IsPooled => home is not null;

    /// <summary>Says where a row of the batch stands in its file; null for data from elsewhere.</summary>
    internal Func<long, string>? Origin { get; set; }

    /// <summary>Where a row stands, for messages.</summary>
    /// <param name="row">Index within the batch.</param>
    /// <param name="batch">Index of the batch within its pass.</param>
    internal string PlaceOf(long row, long batch) =>
        $"{(Origin is null ? "" : $"{Origin(row)} (")}batch {batch}, row {row}{(Origin is null ? "" : ")")}";

    /// <summary>Frees the tensors.</summary>
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
        : throw new ArgumentException($"{argument} is a single number; its first axis must count the samples.", argument);

    private void CheckCounts(NDArrays? arrays, string argument)
    {
        foreach (NDArray array in arrays ?? [])
        {
            if (SamplesIn(array, argument) != Count)
            {
                throw new ArgumentException($"All arrays of a batch hold as many samples; x holds {Count}, and {argument} has the "
                    + $"shape {array.Shape}.", argument);
            }
        }
    }
}
