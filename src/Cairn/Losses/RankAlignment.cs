using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>Keras' rule for two tensors whose ranks differ by one: a last axis of size 1 is added to a vector or removed.</summary>
internal static class RankAlignment
{
    public static (Tensor First, Tensor Second) Align(Tensor first, Tensor second)
    {
        long a = first.dim();
        long b = second.dim();
        if (a == b + 1 && first.shape[^1] == 1)
        {
            return b == 1 ? (first, second.unsqueeze(-1)) : (first.squeeze(-1), second);
        }

        if (b == a + 1 && second.shape[^1] == 1)
        {
            return a == 1 ? (first.unsqueeze(-1), second) : (first, second.squeeze(-1));
        }

        return (first, second);
    }

    /// <summary>
    /// The same for targets and predictions that are compared number by number. What Keras would broadcast in silence is refused.
    /// </summary>
    /// <exception cref="ArgumentException">Their shapes differ.</exception>
    public static (Tensor YTrue, Tensor YPred) Pair(Tensor yTrue, Tensor yPred)
    {
        (Tensor targets, Tensor predictions) = Align(yTrue, yPred);
        return targets.shape.AsSpan().SequenceEqual(predictions.shape)
            ? (targets, predictions)
            : throw new ArgumentException(
                $"Targets of shape {(Shape)yTrue.shape} can't be compared with predictions of shape {(Shape)yPred.shape}; the shapes "
                    + $"must be equal.",
                nameof(yTrue));
    }

    /// <summary>The class number of each row of predictions, <c>[..., classes]</c>, from targets <c>[...]</c> or <c>[..., 1]</c>.</summary>
    /// <exception cref="ArgumentException">There is not one number for each row.</exception>
    public static Tensor ClassNumbers(Tensor yTrue, Tensor yPred, int axis = -1)
    {
        int rank = (int)yPred.dim();
        int classes = axis < 0 ? axis + rank : axis;
        Tensor labels = yTrue.dim() == rank && yTrue.shape[^1] == 1 ? yTrue.squeeze(-1) : yTrue;
        return labels.shape.SequenceEqual(yPred.shape.Where((_, i) => i != classes))
            ? labels
            : throw new ArgumentException(
                $"Targets of shape {(Shape)yTrue.shape} can't be compared with predictions of shape {(Shape)yPred.shape}; "
                    + "there must be one class index for each row of predictions.",
                nameof(yTrue));
    }

    /// <summary>Values, and weights that can be multiplied with them, one for each value.</summary>
    /// <param name="values">Numbers.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="spread">Whether a weight for each sample or position holds for all that the sample or position has.</param>
    /// <exception cref="ArgumentException">The weights are for other positions than the values.</exception>
    public static (Tensor Values, Tensor Weights) Weigh(Tensor values, Tensor weights, bool spread)
    {
        Shape given = weights.shape;
        (values, weights) = Align(values, weights);
        if (values.dim() == 0)
        {
            return (values, weights);
        }

        while (spread && weights.dim() < values.dim())
        {
            weights = weights.unsqueeze(-1);
        }

        long[] sizes = weights.shape;
        long[] wanted = values.shape;
        return sizes.Length == wanted.Length && sizes[0] == wanted[0]
            && sizes.Zip(wanted).All(pair => pair.First == 1 || pair.First == pair.Second)
            ? (values, weights)
            : throw new ArgumentException($"Weights of shape {given} do not match values of shape {(Shape)wanted}.", nameof(weights));
    }

    /// <summary>Throws where the shapes of targets and predictions are not alike, but for a last axis of 1.</summary>
    /// <param name="name">What compares them.</param>
    /// <param name="yTrue">The targets' shape.</param>
    /// <param name="yPred">The predictions' shape.</param>
    /// <param name="argument">The argument to blame.</param>
    /// <param name="hint">What the message says besides.</param>
    public static void RequireAlike(string name, Shape yTrue, Shape yPred, string argument, string hint = "")
    {
        if (!yPred.IsCompatibleWith(Aligned(yTrue, yPred)))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {name} needs equal shapes.{hint}",
                argument);
        }
    }

    /// <summary>Throws where targets are not one class number for each row of predictions.</summary>
    /// <inheritdoc cref="RequireAlike" path="/param"/>
    public static void RequireClassNumbers(string name, Shape yTrue, Shape yPred, string argument, string hint = "")
    {
        Shape labels = yTrue.Rank == yPred.Rank && yTrue[^1] == 1 ? yTrue[..^1] : yTrue;
        if (!yPred[..^1].IsCompatibleWith(labels))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {name} needs one class index for each "
                + $"{yPred[..^1]} of the output.{hint}",
                argument);
        }
    }

    /// <summary>
    /// Throws where a function of somebody's own would broadcast predictions against targets. It may be one of class numbers, so that
    /// targets may have an axis less, or a last one of size 1.
    /// </summary>
    /// <inheritdoc cref="RequireAlike" path="/param"/>
    public static void RefuseBroadcast(string name, Shape yTrue, Shape yPred, string argument)
    {
        Shape targets = Aligned(yTrue, yPred);
        if (targets.Rank != yPred.Rank || targets.Rank == 0)
        {
            return;
        }

        if (!(targets[^1] == 1 ? yPred[..^1].IsCompatibleWith(targets[..^1]) : yPred.IsCompatibleWith(targets)))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {name} would be given both "
                + $"to broadcast.", argument);
        }
    }

    private static Shape Aligned(Shape yTrue, Shape yPred)
    {
        Shape squeezed = yTrue.Rank == yPred.Rank + 1 && yTrue[^1] == 1 ? yTrue[..^1] : yTrue;
        return squeezed.Rank == yPred.Rank - 1 && yPred[^1] == 1 ? [.. squeezed, 1] : squeezed;
    }
}
