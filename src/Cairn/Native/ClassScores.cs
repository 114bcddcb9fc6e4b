using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>The raw memory of a batch's class scores, <c>[Count, Classes]</c>, and of the class indices that are their targets.</summary>
/// <remarks>For batches so small that one pass in managed code is faster than the dispatch of a libtorch operation.</remarks>
internal readonly unsafe struct ClassScores
{
    /// <summary>Approximate size above which one exponential per element costs more than several vectorized libtorch operations.</summary>
    public const long MostElements = 16_384;

    private readonly float* scores;
    private readonly long* labels;

    private ClassScores(int count, int classes, float* scores, long* labels)
    {
        Count = count;
        Classes = classes;
        this.scores = scores;
        this.labels = labels;
    }

    /// <summary>Number of samples.</summary>
    public int Count { get; }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Accesses the tensors if they are small, on the CPU and of the expected types. Valid while both are alive.</summary>
    public static bool TryReach(Tensor yTrue, Tensor yPred, out ClassScores reached)
    {
        reached = default;
        if (yPred.dim() != 2 || yPred.dtype != ScalarType.Float32 || yTrue.dtype != ScalarType.Int64)
        {
            return false;
        }

        long count = yPred.size(0);
        long classes = yPred.size(1);
        if (count * classes is 0 or > MostElements || yTrue.NumberOfElements != count)
        {
            return false;
        }

        if (!TensorMemory.IsReachable(yTrue) || !TensorMemory.IsReachable(yPred))
        {
            return false;
        }

        reached = new ClassScores((int)count, (int)classes, (float*)TensorMemory.PointerTo(yPred), (long*)TensorMemory.PointerTo(yTrue));
        return true;
    }

    /// <summary>The scores of a sample.</summary>
    public ReadOnlySpan<float> Row(int sample) => new(scores + ((long)sample * Classes), Classes);

    /// <summary>The target of a sample.</summary>
    public long Label(int sample) => labels[sample];

    /// <summary>Index of the largest score of a sample. Like argmax: the first of equal scores, and NaN ranks highest.</summary>
    public static int IndexOfLargest(ReadOnlySpan<float> row)
    {
        int largest = 0;
        for (int i = 1; i < row.Length && !float.IsNaN(row[largest]); i++)
        {
            if (!(row[i] <= row[largest]))
            {
                largest = i;
            }
        }

        return largest;
    }
}
