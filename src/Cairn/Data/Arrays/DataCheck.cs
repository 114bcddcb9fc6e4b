using System.Numerics;
using System.Runtime.InteropServices;
using Cairn.Losses;
using Cairn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>The questions that training data must stand before the first batch, and the exceptions that name what is wrong.</summary>
internal static class DataCheck
{
    public static void NotEmpty(NDArray data, string argument)
    {
        ArgumentNullException.ThrowIfNull(data, argument);
        if (data.Shape.Rank == 0)
        {
            throw new ArgumentException($"{argument} is a single number; its first axis must count the samples.", argument);
        }

        if (data.Shape[0] == 0)
        {
            throw new ArgumentException($"{argument} holds no samples; its shape is {data.Shape}.", argument);
        }
    }

    public static void SameCount(NDArray x, string xArgument, NDArray y, string yArgument)
    {
        if (x.Shape[0] != y.Shape[0])
        {
            throw new ArgumentException(
                $"{xArgument} holds {x.Shape[0]} samples (shape {x.Shape}) and {yArgument} holds {y.Shape[0]} (shape {y.Shape}); they must "
                    + "be as many.",
                yArgument);
        }
    }

    /// <summary>Weights are one number a sample, or one for each position that the targets hold along their next axes, as the steps of a sequence.</summary>
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
            $"{argument} holds one number a sample, or one for each position of the "
                + $"targets{(y is null ? "" : $", whose shape is {y.Shape}")}; its shape is {shape}.", argument);
    }

    public static void Finite(Tensor data, string argument)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();

        // A sum is not finite where any number isn't (or where all of them are huge), and costs one pass without a copy.
        if (!data.is_floating_point() || float.IsFinite(data.sum().to(ScalarType.Float32).item<float>()))
        {
            return;
        }

        Tensor places = data.isfinite().logical_not().nonzero();
        long count = places.shape[0];
        if (count == 0)
        {
            return;
        }

        long[] first = [.. Enumerable.Range(0, (int)places.shape[1]).Select(axis => places[0][axis].item<long>())];
        float value = data.flatten()[Flat(first, data.shape)].to(ScalarType.Float32).item<float>();
        throw NotFinite(
            $"{argument} contains NaN or infinite numbers: {count} of {data.NumberOfElements}, the first, {Shown(value)}, at "
                + $"[{string.Join(", ", first)}] (sample {first[0]}).", argument);
    }

    /// <summary>The place of the first number that is NaN or infinite, or -1.</summary>
    public static int IndexOfNotFinite(ReadOnlySpan<float> numbers)
    {
        // All bits of the exponent are set.
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

    /// <summary>The same for the tensors of a batch, whose place in the data the message names.</summary>
    /// <param name="data">Numbers of one array of a batch, as float32 on the CPU.</param>
    /// <param name="shape">The array's shape.</param>
    /// <param name="name">What the array is called.</param>
    /// <param name="place">Says where a row of the batch stands.</param>
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
        $"{problem} Remove or replace such numbers, or pass allowNaN: true to train on them all the same.", argument);

    public static string Shown(double number) => number switch
    {
        double.NaN => "NaN",
        > 0 => "infinity",
        _ => "-infinity",
    };

    /// <summary>Labels must name classes that the output has.</summary>
    /// <param name="labels">Class numbers, int64.</param>
    /// <param name="output">The shape of the model's output.</param>
    /// <param name="loss">The loss that compares them.</param>
    /// <param name="argument">What the labels are called.</param>
    /// <param name="count">Samples that count, where the tensor has room for more.</param>
    /// <param name="place">Says where a sample stands; its number by default.</param>
    public static void LabelsInRange(Tensor labels, Shape output, Loss loss, string argument, long? count = null,
        Func<long, string>? place = null)
    {
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
                    + $"in {where}, but the model's output {output} has the classes 0 to {classes - 1}.", argument);
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
