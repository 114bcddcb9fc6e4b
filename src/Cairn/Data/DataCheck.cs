using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>The questions that training data must stand before the first batch, and the exceptions that name what is wrong.</summary>
internal static class DataCheck
{
    public static void NotEmpty(NDArray data, string argument)
    {
        ArgumentNullException.ThrowIfNull(data, argument);
        if (data.Shape.Rank == 0) throw new ArgumentException($"{argument} is a single number; its first axis must count the samples.", argument);
        if (data.Shape[0] == 0) throw new ArgumentException($"{argument} holds no samples; its shape is {data.Shape}.", argument);
    }

    public static void SameCount(NDArray x, string xArgument, NDArray y, string yArgument)
    {
        if (x.Shape[0] != y.Shape[0])
        {
            throw new ArgumentException(
                $"{xArgument} holds {x.Shape[0]} samples (shape {x.Shape}) and {yArgument} holds {y.Shape[0]} (shape {y.Shape}); they must be as many.",
                yArgument);
        }
    }

    /// <summary>Weights are one number a sample, or one for each position that the targets hold along their next axes, as the steps of a sequence.</summary>
    public static void Weights(NDArray weight, string argument, NDArray x, string xArgument, NDArray? y)
    {
        NotEmpty(weight, argument);
        SameCount(x, xArgument, weight, argument);
        Shape shape = weight.Shape;
        if (shape.Rank == 1 || (shape.Rank == 2 && shape[1] == 1)) return;
        if (y is not null && shape.Rank <= y.Shape.Rank && Enumerable.Range(1, shape.Rank - 1).All(axis => shape[axis] == y.Shape[axis])) return;
        throw new ArgumentException(
            $"{argument} holds one number a sample, or one for each position of the targets{(y is null ? "" : $", whose shape is {y.Shape}")}; its shape is {shape}.", argument);
    }

    public static void NoNaN(Tensor data, string argument)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();

        // A sum is NaN where any number is (or where infinities of both signs meet), and costs one pass without a copy.
        if (!data.is_floating_point() || !float.IsNaN(data.sum().to(ScalarType.Float32).item<float>())) return;
        Tensor places = data.isnan().nonzero();
        long count = places.shape[0];
        if (count == 0) return;
        long[] first = [.. Enumerable.Range(0, (int)places.shape[1]).Select(axis => places[0][axis].item<long>())];
        throw new ArgumentException(
            $"{argument} contains NaN: {count} of {data.NumberOfElements} numbers, the first at [{string.Join(", ", first)}] (sample {first[0]}). "
            + "Remove or replace them, or pass allowNaN: true to train on them all the same.",
            argument);
    }

    /// <summary>Labels must name classes that the output has.</summary>
    public static void LabelsInRange(Tensor labels, Shape output, Loss loss, string argument)
    {
        if (loss is not SparseCategoricalCrossentropy sparse || output[^1] == Shape.None) return;
        using var scope = NewDisposeScope();
        Tensor counted = sparse.IgnoreClass is { } ignored ? labels.masked_select(labels.ne(ignored)) : labels;
        if (counted.NumberOfElements == 0) return;
        long least = counted.min().to(ScalarType.Int64).item<long>();
        long most = counted.max().to(ScalarType.Int64).item<long>();
        long classes = output[sparse.Axis < 0 ? output.Rank + sparse.Axis : sparse.Axis];
        if (classes != Shape.None && (least < 0 || most >= classes))
        {
            throw new ArgumentException(
                $"{argument} contains the class {(least < 0 ? least : most)}, but the model's output {output} has the classes 0 to {classes - 1}.", argument);
        }
    }
}
