using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>Utility functions for data and models, with the names of Keras. Keras: <c>keras.utils</c>.</summary>
public static partial class Utils
{
    /// <summary>Converts class indices to one-hot rows. Keras: <c>utils.to_categorical</c>.</summary>
    /// <param name="x">Class indices, 0 or more; <c>[samples]</c>, or any other shape; a last axis of size 1 is removed.</param>
    /// <param name="numClasses">The number of classes; null (default) for the largest index plus 1.</param>
    /// <returns>The rows, float32, <c>[samples, classes]</c>, or the shape of <paramref name="x"/> and the classes.</returns>
    /// <exception cref="ArgumentException">There are no indices, and <paramref name="numClasses"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is below 0, or not below the number of classes.</exception>
    public static NDArray ToCategorical(NDArray x, int? numClasses = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses ?? 1, 1, nameof(numClasses));
        long[] classes = x.ToArray<long>();
        if (classes.Length == 0 && numClasses is null)
        {
            throw new ArgumentException("x is empty, so numClasses is needed.", nameof(numClasses));
        }

        long count = numClasses ?? (classes.Max() + 1);
        float[] rows = new float[checked(classes.Length * Math.Max(count, 0))];
        for (int i = 0; i < classes.Length; i++)
        {
            if (classes[i] < 0 || classes[i] >= count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(x), classes[i], $"The class index at position {i} must be in [0, {(numClasses is null ? "∞" : count)}).");
            }

            rows[(i * count) + classes[i]] = 1;
        }

        Shape shape = x.Shape is [.., _, 1] ? x.Shape[..^1] : x.Shape;
        return NDArray.From(rows, [.. shape, count]);
    }

    /// <summary>Divides an array by its norms along an axis. Keras: <c>utils.normalize</c>.</summary>
    /// <param name="x">The array.</param>
    /// <param name="axis">The axis, negative from the end; the last one by default.</param>
    /// <param name="order">The order of the norm: 1 for the sum of the absolute values, 2 (default) for the Euclidean norm, …</param>
    /// <returns>The quotients, float32. Values whose norm is 0 are unchanged.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or <paramref name="order"/> is not above 0.</exception>
    public static NDArray Normalize(NDArray x, int axis = -1, double order = 2)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order);
        if (axis < -x.Shape.Rank || axis >= x.Shape.Rank)
        {
            throw new ArgumentOutOfRangeException(nameof(axis), axis, $"axis must be an axis of the shape {x.Shape}.");
        }

        Native.LibTorch.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Tensor numbers = x.ToTensor().to(ScalarType.Float32);
        Tensor size = numbers.abs();
        size = double.IsInfinity(order) ? size.amax([axis], keepdim: true)
            : size.pow(Held(order)).sum([axis], keepdim: true).pow(Held(1 / order));
        return NDArray.From(((NDArray)(numbers / size.masked_fill(size.eq(Held(0)), Held(1)))).ToArray(), x.Shape);
    }

    /// <summary>Pads or truncates sequences to the same length. Keras: <c>utils.pad_sequences</c>.</summary>
    /// <typeparam name="T">The type of the elements: int, long, float, …</typeparam>
    /// <param name="sequences">The sequences, such as token IDs of texts.</param>
    /// <param name="maxLen">The length; null (default) for that of the longest sequence.</param>
    /// <param name="padding"><c>"pre"</c> (default) pads before a short sequence, <c>"post"</c> after it.</param>
    /// <param name="truncating"><c>"pre"</c> (default) cuts a long sequence at its start, <c>"post"</c> at its end.</param>
    /// <param name="value">The padding value; 0 by default.</param>
    /// <returns>The sequences, <c>[sequences, length]</c>.</returns>
    /// <exception cref="ArgumentException">There are no sequences, or a word is neither <c>"pre"</c> nor <c>"post"</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLen"/> is below 1.</exception>
    public static NDArray PadSequences<T>(
        IEnumerable<IEnumerable<T>> sequences, int? maxLen = null, string padding = "pre", string truncating = "pre", T value = default)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLen ?? 1, 1, nameof(maxLen));
        bool before = IsBefore(padding, nameof(padding));
        bool cutStart = IsBefore(truncating, nameof(truncating));
        T[][] rows = [.. sequences.Select(sequence => sequence.ToArray())];
        if (rows.Length == 0)
        {
            throw new ArgumentException("There are no sequences.", nameof(sequences));
        }

        int length = maxLen ?? rows.Max(row => row.Length);
        var padded = new T[checked(rows.Length * length)];
        Array.Fill(padded, value);
        for (int i = 0; i < rows.Length; i++)
        {
            int count = Math.Min(rows[i].Length, length);
            rows[i].AsSpan(cutStart ? rows[i].Length - count : 0, count)
                .CopyTo(padded.AsSpan((i * length) + (before ? length - count : 0)));
        }

        return NDArray.From(padded, [rows.Length, length]);
    }

    private static bool IsBefore(string word, string argument) => word switch
    {
        "pre" => true,
        "post" => false,
        _ => throw new ArgumentException($"{argument} must be \"pre\" or \"post\"; got \"{word}\".", argument),
    };
}
