using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>The names of the caller's arguments, for messages.</summary>
/// <param name="X">The argument with the inputs.</param>
/// <param name="Y">The argument with the targets.</param>
/// <param name="Weight">The argument with the sample weights.</param>
internal sealed record ArrayArguments(string X = "x", string Y = "y", string Weight = "sampleWeight")
{
    /// <summary>Converts arrays to the order, types and device that a model requires.</summary>
    /// <exception cref="ArgumentException">They are empty, too few or too many, or differ in the number of samples.</exception>
    public TensorDataset Load(NDArrays x, NDArrays? y, NDArrays? weight, BatchLayout layout, int batchSize)
    {
        ArgumentNullException.ThrowIfNull(x, X);
        if (x.Count == 0)
        {
            throw new ArgumentException($"{X} contains no arrays.", X);
        }

        IReadOnlyList<NDArray> inputs = ModelOrder.All(x, x.Names, layout.InputNames, X, "input");
        IReadOnlyList<NDArray> targets = y is null or { Count: 0 } ? []
            : ModelOrder.Targets(y, y.Names, layout, Y, () => new float[inputs[0].Shape.Rank == 0 ? 1 : inputs[0].Shape[0]]);
        IReadOnlyList<NDArray?> weights = weight is null ? [] : ModelOrder.Weights(weight, weight.Names, layout.OutputNames, Weight);
        Check(inputs, targets, weights, layout);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        return new TensorDataset(
            [.. inputs.Select((array, i) => layout.InModelsRank(ToTensor(array, layout.InputType(i), layout), i))],
            [.. targets.Select((array, i) => Labels(array, layout.TargetType(i), layout, One(Y, targets.Count, layout.OutputNames, i)))],
            [.. weights.Select(array => array?.ToTensor().to(ScalarType.Float32).to(layout.Device))],
            batchSize,
            [.. inputs.Select((_, i) => layout.InputType(i))],
            [.. targets.Select((_, i) => layout.TargetType(i))])
        {
            Source = x,
            SharesMemory = inputs.Concat(targets).Any(array => array.IsSharedAsTensor),
        };
    }

    /// <summary>Throws if the data contains NaN or infinite values, which would make every weight NaN.</summary>
    public void RefuseNotFinite(TensorDataset data)
    {
        for (int i = 0; i < data.Inputs.Count; i++)
        {
            DataCheck.Finite(data.Inputs[i], data.Inputs.Count == 1 ? X : $"{X}[{i}]");
        }

        for (int i = 0; i < data.Targets.Count; i++)
        {
            DataCheck.Finite(data.Targets[i], data.Targets.Count == 1 ? Y : $"{Y}[{i}]");
        }

        for (int i = 0; i < data.Weights.Count; i++)
        {
            if (data.Weights[i] is { } weight)
            {
                DataCheck.Finite(weight, data.Weights.Count == 1 ? Weight : $"{Weight}[{i}]");
            }
        }
    }

    // Byte images take a quarter of the memory of floats, so they are converted batch by batch.
    private static Tensor ToTensor(NDArray array, ScalarType type, BatchLayout layout) =>
        IsShared(array, type, layout) && array.ToSharedTensor() is { } shared ? shared
        : array.IsNarrow ? array.ToNarrowTensor().to(layout.Device) : array.ToTensor().to(type).to(layout.Device);

    private static bool IsShared(NDArray array, ScalarType type, BatchLayout layout) =>
        layout.Device.type == DeviceType.CPU && (array.IsNarrow || array.DType == type);

    // NaN is not a class, but converting it to an integer would make it one.
    private static Tensor Labels(NDArray array, ScalarType type, BatchLayout layout, string argument)
    {
        if (type != ScalarType.Int64 || array.IsNarrow)
        {
            return ToTensor(array, type, layout);
        }

        Tensor labels = IsShared(array, type, layout) && array.ToSharedTensor() is { } shared ? shared : array.ToTensor();
        DataCheck.FiniteLabels(labels, argument);
        return labels.to(type).to(layout.Device);
    }

    private static string One(string argument, int count, IReadOnlyList<string> names, int index) =>
        count == 1 ? argument : index < names.Count ? $"{argument}['{names[index]}']" : $"{argument}[{index}]";

    private void Check(IReadOnlyList<NDArray> inputs, IReadOnlyList<NDArray> targets, IReadOnlyList<NDArray?> weights, BatchLayout layout)
    {
        string first = One(X, inputs.Count, layout.InputNames, 0);
        for (int i = 0; i < inputs.Count; i++)
        {
            string argument = One(X, inputs.Count, layout.InputNames, i);
            DataCheck.NotEmpty(inputs[i], argument);
            layout.CheckText(inputs[i].IsText, i, argument);
            if (i > 0)
            {
                DataCheck.SameCount(inputs[0], first, inputs[i], argument);
            }
        }

        for (int i = 0; i < targets.Count; i++)
        {
            string argument = One(Y, targets.Count, layout.OutputNames, i);
            DataCheck.NotEmpty(targets[i], argument);
            if (targets[i].IsText)
            {
                throw new ArgumentException($"{argument} contains strings; targets must be numbers.", argument);
            }

            DataCheck.SameCount(inputs[0], first, targets[i], argument);
        }

        for (int i = 0; i < weights.Count; i++)
        {
            if (weights[i] is { } weight)
            {
                DataCheck.Weights(weight, One(Weight, weights.Count, layout.OutputNames, i), inputs[0], first,
                    weights.Count == targets.Count ? targets[i] : targets.FirstOrDefault());
            }
        }
    }
}
