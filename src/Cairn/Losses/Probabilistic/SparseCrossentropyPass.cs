using Cairn.Native;
using Cairn.Training;

namespace Cairn.Losses;

/// <summary>
/// Sparse cross-entropy, its gradient and the accuracy count in one pass over raw memory, with the formulas of
/// <see cref="SparseCategoricalCrossentropy"/>, row by row.
/// </summary>
internal static class SparseCrossentropyPass
{
    /// <summary>Sums the loss over the samples and writes its gradient, both times <paramref name="scale"/>.</summary>
    /// <param name="scores">The predictions and targets.</param>
    /// <param name="fromLogits">Whether the predictions are logits.</param>
    /// <param name="scale">1 for a sum, 1 / samples for a mean.</param>
    /// <param name="gradient">The gradient, of the size of the predictions.</param>
    public static BatchLoss Run(in ClassScores scores, bool fromLogits, float scale, Span<float> gradient)
    {
        double sum = 0;
        int hits = 0;
        for (int sample = 0; sample < scores.Count; sample++)
        {
            ReadOnlySpan<float> row = scores.Row(sample);
            Span<float> slope = gradient.Slice(sample * scores.Classes, scores.Classes);
            int label = (int)scores.Label(sample);
            int best = ClassScores.IndexOfLargest(row);
            if (best == label)
            {
                hits++;
            }

            sum += fromLogits ? OfLogits(row, row[best], label, scale, slope) : OfProbabilities(row, label, scale, slope);
        }

        return new BatchLoss((float)(sum * scale), null, hits);
    }

    // -log(softmax(x)[label]); its gradient is softmax(x) - onehot(label).
    private static float OfLogits(ReadOnlySpan<float> x, float largest, int label, float scale, Span<float> gradient)
    {
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += gradient[i] = MathF.Exp(x[i] - largest);
        }

        float factor = scale / sum;
        for (int i = 0; i < x.Length; i++)
        {
            gradient[i] *= factor;
        }

        gradient[label] -= scale;
        return MathF.Log(sum) - (x[label] - largest);
    }

    // -log(p[label] / Σp), the fraction clipped away from 0 and 1; where it is clipped, the gradient is zero.
    private static float OfProbabilities(ReadOnlySpan<float> p, int label, float scale, Span<float> gradient)
    {
        float sum = 0;
        foreach (float value in p)
        {
            sum += value;
        }

        float share = p[label] / sum;
        if (share is < CrossentropyLoss.Least or > CrossentropyLoss.Most)
        {
            gradient.Clear();
            return -MathF.Log(Math.Clamp(share, CrossentropyLoss.Least, CrossentropyLoss.Most));
        }

        gradient.Fill(scale / sum);
        gradient[label] -= scale / p[label];
        return -MathF.Log(share);
    }
}
