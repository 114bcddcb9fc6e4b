using System.Runtime.InteropServices;

namespace Cairn.Saving;

/// <summary>Converts kernels of Keras 1 that Theano laid out, <c>[filters, channels, rows, columns]</c>.</summary>
internal static class Keras1Kernels
{
    // Keras 1 names a kernel W.
    private const string Ending = "_W";

    /// <summary>The saved weight in the layout of the variable; as it is if it is no such kernel.</summary>
    public static WeightData Fitted(WeightData saved, Variable variable)
    {
        long[] shape = saved.Shape;
        if (shape.Length < 4 || saved.DType != "float32" || !saved.Name.EndsWith(Ending, StringComparison.Ordinal)
            || WeightTransfer.Fits(saved, variable) || !variable.Shape.SequenceEqual([.. shape[2..], shape[1], shape[0]]))
        {
            return saved;
        }

        ReadOnlySpan<float> from = MemoryMarshal.Cast<byte, float>(saved.Bytes.Span);
        (int filters, int channels) = ((int)shape[0], (int)shape[1]);
        int places = from.Length / Math.Max(1, filters * channels);
        float[] kernel = new float[from.Length];
        for (int i = 0; i < from.Length; i++)
        {
            (int filter, int channel, int place) = (i / (channels * places), i / places % channels, i % places);
            kernel[(((place * channels) + channel) * filters) + filter] = from[i];
        }

        return WeightData.FromSingles(saved.Name, [.. variable.Shape], kernel);
    }
}
