using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>Infers the output shapes and types of an operation by running it on meta tensors, which have no data.</summary>
internal static class OperationShapes
{
    // Trial values of an unknown size; sizes that differ between the two trials are unknown.
    private static readonly (long Batch, long Other)[] Trials = [(5, 61), (7, 67)];
    private const long MostNumbers = 1L << 26;

    /// <summary>Runs an operation to infer its shapes.</summary>
    /// <param name="binding">The call.</param>
    /// <param name="inputs">The input shapes.</param>
    /// <exception cref="ArgumentException">The shapes are invalid for the operation.</exception>
    public static (IReadOnlyList<Shape> Shapes, IReadOnlyList<ScalarType> Types) Find(OperationBinding binding, IReadOnlyList<Shape> inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        if (binding.Definition.IsElementwise)
        {
            Shape shape = inputs.Concat(binding.ConstantShapes).Aggregate(Broadcast);
            Tensor[] samples = [.. inputs.Select((input, i) => ones([.. Enumerable.Repeat(1L, input.Rank)], binding.Types[i]))];
            Tensor[] tried = Try(binding, samples);
            return ([.. tried.Select(_ => shape)], [.. tried.Select(t => t.dtype)]);
        }

        if (inputs.All(input => input.IsFullyKnown))
        {
            Tensor[] only = Try(binding, [.. inputs.Select(shape => shape.ToArray())]);
            return ([.. only.Select(t => (Shape)t.shape)], [.. only.Select(t => t.dtype)]);
        }

        try
        {
            return TryTwice(binding, inputs, Trials);
        }
        catch (ArgumentException)
        {
            // An unknown size may have to match a known one.
            foreach (long size in inputs.SelectMany(s => s).Concat(binding.ConstantShapes.SelectMany(s => s)).Where(s => s > 1)
                .Distinct().Take(4))
            {
                foreach ((long Batch, long Other)[] trials in new[]
                    { new[] { (5L, size), (7L, size) }, [(size, Trials[0].Other), (size, Trials[1].Other)] })
                {
                    try
                    {
                        return TryTwice(binding, inputs, trials);
                    }
                    catch (ArgumentException)
                    {
                        // Another size may work.
                    }
                }
            }

            throw;
        }
    }

    /// <summary>Keras' output shape of an element-wise operation on two tensors.</summary>
    /// <exception cref="ArgumentException">The shapes are incompatible.</exception>
    public static Shape Broadcast(Shape first, Shape second)
    {
        int rank = Math.Max(first.Rank, second.Rank);
        long[] sizes = new long[rank];
        for (int i = 1; i <= rank; i++)
        {
            long a = i <= first.Rank ? first[^i] : 1;
            long b = i <= second.Rank ? second[^i] : 1;
            sizes[^i] = a == 1 || a == Shape.None && b != 1 ? b
                : b == 1 || b == Shape.None || a == b ? a
                : throw new ArgumentException($"The shapes {first} and {second} are incompatible.");
        }

        return sizes;
    }

    private static (IReadOnlyList<Shape> Shapes, IReadOnlyList<ScalarType> Types) TryTwice(
        OperationBinding binding, IReadOnlyList<Shape> inputs, (long Batch, long Other)[] trials)
    {
        Tensor[][] given = [.. trials.Select(trial => Try(binding, [.. inputs.Select(shape => Filled(shape, trial))]))];
        var shapes = new List<Shape>();
        for (int i = 0; i < given[0].Length; i++)
        {
            long[] one = given[0][i].shape;
            long[] other = given[1][i].shape;
            shapes.Add(Enumerable.Range(0, one.Length).Select(axis => one[axis] == other[axis] ? one[axis] : Shape.None).ToArray());
        }

        return (shapes, [.. given[0].Select(t => t.dtype)]);
    }

    private static long[] Filled(Shape shape, (long Batch, long Other) trial) =>
        [.. shape.Select((size, axis) => size != Shape.None ? size : axis == 0 ? trial.Batch : trial.Other)];

    private static Tensor[] Try(OperationBinding binding, long[][] shapes)
    {
        var meta = new Device(DeviceType.META);
        try
        {
            return Guarded(binding, [.. shapes.Select((shape, i) => empty(shape, binding.Types[i], meta))]);
        }
        catch (ArgumentException)
        {
            // Not every libtorch function supports meta tensors.
            if (shapes.Any(shape => shape.Aggregate(1d, (product, size) => product * size) > MostNumbers))
            {
                throw;
            }

            return Try(binding, [.. shapes.Select((shape, i) => ones(shape, binding.Types[i]))]);
        }
    }

    private static Tensor[] Try(OperationBinding binding, Tensor[] inputs) => Guarded(binding, inputs);

    private static Tensor[] Guarded(OperationBinding binding, Tensor[] inputs)
    {
        try
        {
            return binding.Compute(inputs);
        }
        catch (Exception exception)
            when (exception is ExternalException or InvalidOperationException or IndexOutOfRangeException or NotImplementedException
            or NotSupportedException or ArithmeticException or ArgumentException)
        {
            string reason = exception.Message.Split('\n')[0];
            throw new ArgumentException(
                $"{binding.Definition.ClassName} can't be applied "
                + $"to {Shape.Describe([.. inputs.Select(x => (Shape)x.shape)])}: {reason}", exception);
        }
    }
}
