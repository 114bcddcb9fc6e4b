using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Losses;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Validates training data before the first batch, with exceptions that name the problem.</summary>
internal static class DataCheck
{
    private const long LabelsAtOnce = 1 << 20;

    public static void NotEmpty(NDArray data, string argument)
    {
        ArgumentNullException.ThrowIfNull(data, argument);
        if (data.Shape.Rank == 0)
        {
            throw new ArgumentException($"{argument} is a scalar; its first axis must be the samples.", argument);
        }

        if (data.Shape[0] == 0)
        {
            throw new ArgumentException($"{argument} contains no samples; its shape is {data.Shape}.", argument);
        }
    }

    public static void SameCount(NDArray x, string xArgument, NDArray y, string yArgument)
    {
        if (x.Shape[0] != y.Shape[0])
        {
            throw new ArgumentException(
                $"{xArgument} has {x.Shape[0]} samples (shape {x.Shape}) but {yArgument} has {y.Shape[0]} (shape {y.Shape}); they "
                    + "must be equal.",
                yArgument);
        }
    }

    /// <summary>
    /// Weights have one value per sample, or one for each position along the next axes of the targets, such as the timesteps of a sequence.
    /// </summary>
    public static void Weights(NDArray weight, string argument, NDArray x, string xArgument, NDArray? y)
    {
        NotEmpty(weight, argument);
        SameCount(x, xArgument, weight, argument);
        Shape shape = weight.Shape;
        if (shape.Rank == 1 || (shape.Rank == 2 && shape[1] == 1))
        {
            return;
        }

        if (y is not null && shape.Rank <= y.Shape.Rank && Enumerable.Range(1, shape.Rank - 1).All(axis => shape[axis] == y.Shape[axis]))
        {
            return;
        }

        throw new ArgumentException(
            $"{argument} needs one value per sample, or one for each position of the targets{(y is null ? "" : $" of shape {y.Shape}")}; "
                + $"its shape is {shape}.", argument);
    }

    public static void Finite(Tensor data, string argument)
    {
        if (FindNotFinite(data) is var (count, first, value))
        {
            throw NotFinite(
                $"{argument} contains NaN or infinite values: {count} of {data.NumberOfElements}, the first, {Shown(value)}, at "
                    + $"[{string.Join(", ", first)}] (sample {first[0]}).", argument);
        }
    }

    /// <summary>Labels must be finite, even if NaN is allowed in the data.</summary>
    /// <exception cref="ArgumentException">A label is NaN or infinite.</exception>
    public static void FiniteLabels(Tensor labels, string argument)
    {
        if (FindNotFinite(labels) is var (count, first, value))
        {
            throw new ArgumentException(
                $"{argument} contains {Shown(value)} as the label of sample {first[0]}, and {count} such labels in total; labels are "
                    + $"class indices. Remove these samples.", argument);
        }
    }

    /// <summary>The number of NaN and infinite values, with the position and value of the first; null if there are none.</summary>
    private static (long Count, long[] First, float Value)? FindNotFinite(Tensor data)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();

        // The sum is not finite if any element is not (or if all are huge), and needs one pass without a copy.
        if (!data.is_floating_point() || data.NumberOfElements == 0 || float.IsFinite(data.sum().to(ScalarType.Float32).item<float>()))
        {
            return null;
        }

        Tensor places = data.isfinite().logical_not().nonzero();
        long count = places.shape[0];
        if (count == 0)
        {
            return null;
        }

        long[] first = [.. Enumerable.Range(0, (int)places.shape[1]).Select(axis => places[0][axis].item<long>())];
        return (count, first, data.flatten()[Flat(first, data.shape)].to(ScalarType.Float32).item<float>());
    }

    /// <summary>The index of the first NaN or infinite value, or -1.</summary>
    public static int IndexOfNotFinite(ReadOnlySpan<float> numbers)
    {
        // All exponent bits are set.
        var exponent = new Vector<int>(0x7F80_0000);
        ReadOnlySpan<Vector<int>> blocks = MemoryMarshal.Cast<float, Vector<int>>(numbers);
        int block = 0;
        while (block < blocks.Length && !Vector.EqualsAny(blocks[block] & exponent, exponent))
        {
            block++;
        }

        for (int i = block * Vector<int>.Count; i < numbers.Length; i++)
        {
            if (!float.IsFinite(numbers[i]))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The same check for the tensors of a batch; the message names the position in the data.</summary>
    /// <param name="data">The values of one array of a batch, as float32 on the CPU.</param>
    /// <param name="shape">The array's shape.</param>
    /// <param name="name">The name of the array, for the message.</param>
    /// <param name="place">Describes the position of a row of the batch.</param>
    public static void Finite(ReadOnlySpan<float> data, Shape shape, string name, Func<long, string> place)
    {
        int at = IndexOfNotFinite(data);
        if (at < 0)
        {
            return;
        }

        int width = (int)(data.Length / Math.Max(shape[0], 1));
        string within = shape.Rank > 1 ? $", at [{string.Join(", ", Place(at % width, shape[1..]))}] of it" : "";
        throw NotFinite($"{name} contain{(name.EndsWith('s') ? "" : "s")} {Shown(data[at])} in {place(at / width)}{within}.", null);
    }

    public static ArgumentException NotFinite(string problem, string? argument) => new(
        $"{problem} Remove or replace them, or pass allowNaN: true to train on them anyway.", argument);

    public static string Shown(double number) => number switch
    {
        double.NaN => "NaN",
        > 0 => "infinity",
        _ => "-infinity",
    };

    /// <summary>Labels must be class indices that the output has.</summary>
    /// <param name="labels">Class indices, int64.</param>
    /// <param name="output">The shape of the model's output.</param>
    /// <param name="loss">The loss that compares them.</param>
    /// <param name="argument">The name of the labels, for the message.</param>
    /// <param name="count">Number of valid samples, if the tensor has room for more.</param>
    /// <param name="place">Describes the position of a sample; its index by default.</param>
    public static void LabelsInRange(Tensor labels, Shape output, Loss loss, string argument, long? count = null,
        Func<long, string>? place = null)
    {
        if (loss is SparseCategoricalCrossentropy && labels.dtype is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16)
        {
            // In chunks of samples: converted to int64, bytes would take eight times the memory.
            long step = Math.Max(1, LabelsAtOnce / Math.Max(1, labels.NumberOfElements / Math.Max(1, labels.shape[0])));
            for (long start = 0; start < labels.shape[0]; start += step)
            {
                long from = start;
                using Tensor part = labels.narrow(0, start, Math.Min(step, labels.shape[0] - start));
                using Tensor wide = part.to(ScalarType.Int64);
                LabelsInRange(wide, output, loss, argument, place: row => place?.Invoke(from + row) ?? $"sample {from + row}");
            }

            return;
        }

        if (loss is not SparseCategoricalCrossentropy sparse || labels.dtype != ScalarType.Int64)
        {
            return;
        }

        long classes = output[sparse.Axis < 0 ? output.Rank + sparse.Axis : sparse.Axis];
        if (classes == Shape.None || labels.NumberOfElements == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor near = TensorMemory.IsReachable(labels) ? labels : labels.cpu().contiguous();
        ReadOnlySpan<long> numbers = TensorMemory.SpanOf<long>(near);
        int width = (int)(numbers.Length / labels.shape[0]);
        numbers = numbers[..(int)((count ?? labels.shape[0]) * width)];
        for (int i = 0; i < numbers.Length; i++)
        {
            if ((ulong)numbers[i] < (ulong)classes || numbers[i] == sparse.IgnoreClass)
            {
                continue;
            }

            string where = place?.Invoke(i / width) ?? $"sample {i / width}";
            throw new ArgumentException(
                $"{argument} contain{(argument.StartsWith("the ", StringComparison.Ordinal) ? "" : "s")} the class {numbers[i]} "
                    + $"in {where}, but the model's output {output} has classes 0 to {classes - 1}.", argument);
        }
    }

    private static IEnumerable<long> Place(long flat, Shape shape)
    {
        long[] place = new long[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            (flat, place[axis]) = (flat / shape[axis], flat % shape[axis]);
        }

        return place;
    }

    private static long Flat(long[] place, long[] shape) =>
        place.Zip(shape).Aggregate(0L, (flat, axis) => (flat * axis.Second) + axis.First);
}
