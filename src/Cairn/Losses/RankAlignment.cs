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

    /// <summary>Aligns targets and predictions that are compared element by element. Throws where Keras would silently broadcast.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
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

    /// <summary>The class index for each row of predictions <c>[..., classes]</c>, from targets <c>[...]</c> or <c>[..., 1]</c>.</summary>
    /// <exception cref="ArgumentException">There is not one class index for each row.</exception>
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

    /// <summary>Aligns values with weights, so that they can be multiplied.</summary>
    /// <param name="values">The values.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="spread">Whether the weight of a sample or position applies to all values of that sample or position.</param>
    /// <exception cref="ArgumentException">The weights do not match the positions of the values.</exception>
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

    /// <summary>Throws if targets and predictions have different shapes, apart from a last axis of size 1.</summary>
    /// <param name="name">The name of the loss or metric.</param>
    /// <param name="yTrue">The shape of the targets.</param>
    /// <param name="yPred">The shape of the predictions.</param>
    /// <param name="argument">The name of the argument, for the exception.</param>
    /// <param name="hint">Additional text for the message.</param>
    public static void RequireAlike(string name, Shape yTrue, Shape yPred, string argument, string hint = "")
    {
        if (!yPred.IsCompatibleWith(Aligned(yTrue, yPred)))
        {
            throw new ArgumentException(
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {name} needs equal shapes.{hint}",
                argument);
        }
    }

    /// <summary>Throws if the targets are not one class index for each row of predictions.</summary>
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
    /// Throws if a user-defined function would broadcast predictions and targets. Since its targets may be class indices, they may have one
    /// axis less, or a last axis of size 1.
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
                $"The targets have the shape {yTrue} and the model's output has the shape {yPred}; {name} would "
                + $"broadcast them.", argument);
        }
    }

    private static Shape Aligned(Shape yTrue, Shape yPred)
    {
        Shape squeezed = yTrue.Rank == yPred.Rank + 1 && yTrue[^1] == 1 ? yTrue[..^1] : yTrue;
        return squeezed.Rank == yPred.Rank - 1 && yPred[^1] == 1 ? [.. squeezed, 1] : squeezed;
    }
}
