using Cairn.Native;
using Cairn.Training;

namespace Cairn.Losses;

/// <summary>
/// Cross-entropy of one-hot targets, its gradient and the accuracy count in one pass over raw memory, with the formulas of
/// <see cref="CategoricalCrossentropy"/>, row by row.
/// </summary>
/// <param name="fromLogits">Whether the predictions are logits.</param>
/// <param name="labelSmoothing">Label smoothing: fraction of the target to distribute evenly over all classes.</param>
/// <param name="scale">The factor of the sum over the samples and of its gradient: 1 for a sum, 1 / samples for a mean.</param>
internal readonly ref struct CategoricalCrossentropyPass(bool fromLogits, double labelSmoothing, float scale)
{
    private readonly float kept = (float)(1 - labelSmoothing);

    /// <summary>Sums the loss over the samples and writes its gradient.</summary>
    /// <param name="scores">The predictions and targets.</param>
    /// <param name="gradient">The gradient, of the size of the predictions.</param>
    public BatchLoss Run(in PairedScores scores, Span<float> gradient)
    {
        double sum = 0;
        int hits = 0;
        for (int sample = 0; sample < scores.Count; sample++)
        {
            ReadOnlySpan<float> row = scores.Row(sample);
            ReadOnlySpan<float> targets = scores.Targets(sample);
            Span<float> slope = gradient.Slice(sample * scores.Width, scores.Width);
            int best = ClassScores.IndexOfLargest(row);
            if (best == ClassScores.IndexOfLargest(targets))
            {
                hits++;
            }

            sum += fromLogits ? OfLogits(row, row[best], targets, slope) : OfProbabilities(row, targets, slope);
        }

        return new BatchLoss((float)(sum * scale), null, hits);
    }

    // -Σ q log softmax(x); its gradient is softmax(x) Σq - q.
    private float OfLogits(ReadOnlySpan<float> x, float largest, ReadOnlySpan<float> targets, Span<float> gradient)
    {
        float spread = Spread(x.Length);
        float sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += gradient[i] = MathF.Exp(x[i] - largest);
        }

        float logSum = MathF.Log(sum);
        float all = 0;
        float loss = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float q = (targets[i] * kept) + spread;
            all += q;
            loss -= q * (x[i] - largest - logSum);
        }

        float factor = scale * all / sum;
        for (int i = 0; i < x.Length; i++)
        {
            gradient[i] = (gradient[i] * factor) - (((targets[i] * kept) + spread) * scale);
        }

        return loss;
    }

    // -Σ q log P with P = p / Σp clipped away from 0 and 1; where P is clipped, the gradient is zero.
    private float OfProbabilities(ReadOnlySpan<float> p, ReadOnlySpan<float> targets, Span<float> gradient)
    {
        float spread = Spread(p.Length);
        float sum = 0;
        foreach (float value in p)
        {
            sum += value;
        }

        float free = 0;
        float loss = 0;
        for (int i = 0; i < p.Length; i++)
        {
            float q = (targets[i] * kept) + spread;
            float share = p[i] / sum;
            loss -= q * MathF.Log(Math.Clamp(share, CrossentropyLoss.Least, CrossentropyLoss.Most));
            bool isFree = share is not (< CrossentropyLoss.Least or > CrossentropyLoss.Most);
            gradient[i] = isFree ? -q / share : 0;
            if (isFree)
            {
                free += q;
            }
        }

        // Through the division: dL/dp = (dL/dP - Σ P dL/dP) / Σp, and P dL/dP is -q where P is not clipped.
        for (int i = 0; i < p.Length; i++)
        {
            gradient[i] = scale * (gradient[i] + free) / sum;
        }

        return loss;
    }

    private float Spread(int classes) => (float)(labelSmoothing / classes);
}
