using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>The raw memory of a batch's scores, <c>[Count, Width]</c>, and of targets with one number for each score.</summary>
/// <remarks>For small batches, like <see cref="ClassScores"/>.</remarks>
internal readonly unsafe struct PairedScores
{
    private readonly float* scores;
    private readonly float* targets;

    private PairedScores(int count, int width, float* scores, float* targets)
    {
        Count = count;
        Width = width;
        this.scores = scores;
        this.targets = targets;
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Number of scores per sample.</summary>
    public int Width { get; }

    /// <summary>Accesses the tensors if they are small, on the CPU and of the expected types. Valid while both are alive.</summary>
    /// <param name="yTrue">Targets, <c>[count, width]</c>, or <c>[count]</c> for a width of 1.</param>
    /// <param name="yPred">Scores, <c>[count, width]</c>.</param>
    /// <param name="mostElements">The maximum number of scores.</param>
    /// <param name="reached">The memory.</param>
    public static bool TryReach(Tensor yTrue, Tensor yPred, long mostElements, out PairedScores reached)
    {
        reached = default;
        if (yPred.dim() != 2 || yPred.dtype != ScalarType.Float32 || yTrue.dtype != ScalarType.Float32)
        {
            return false;
        }

        long count = yPred.size(0);
        long width = yPred.size(1);
        long rank = yTrue.dim();
        if (count * width == 0 || count * width > mostElements || yTrue.NumberOfElements != count * width)
        {
            return false;
        }

        if (!(rank == 2 && yTrue.size(0) == count) && !(rank == 1 && width == 1))
        {
            return false;
        }

        if (!TensorMemory.IsReachable(yTrue) || !TensorMemory.IsReachable(yPred))
        {
            return false;
        }

        reached = new PairedScores((int)count, (int)width, (float*)TensorMemory.PointerTo(yPred), (float*)TensorMemory.PointerTo(yTrue));
        return true;
    }

    /// <summary>The scores of a sample.</summary>
    public ReadOnlySpan<float> Row(int sample) => new(scores + ((long)sample * Width), Width);

    /// <summary>The targets of a sample.</summary>
    public ReadOnlySpan<float> Targets(int sample) => new(targets + ((long)sample * Width), Width);

    /// <summary>All scores, sample by sample.</summary>
    public ReadOnlySpan<float> AllScores => new(scores, Count * Width);

    /// <summary>All targets, sample by sample.</summary>
    public ReadOnlySpan<float> AllTargets => new(targets, Count * Width);
}
