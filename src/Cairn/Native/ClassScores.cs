using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>The raw memory of a batch's class scores, <c>[Count, Classes]</c>, and of the class numbers that are their targets.</summary>
/// <remarks>For batches so small that one pass in managed code is done before libtorch has looked up its first operation.</remarks>
internal readonly unsafe struct ClassScores
{
    /// <summary>About where an exponential an element begins to cost more than libtorch's several vectorized operations.</summary>
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

    /// <summary>Reaches into the tensors where they are small, on the CPU and of the expected types. Valid while both live.</summary>
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

    /// <summary>Where a sample's largest score is. As argmax: the first of equal ones, and NaN above all.</summary>
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
