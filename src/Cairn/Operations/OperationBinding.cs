using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>A call of an operation with bound arguments.</summary>
internal sealed class OperationBinding : IDisposable
{
    private readonly Func<Tensor[], Tensor[]> function;
    private readonly List<Tensor> constants = [];
    private readonly bool[] declared;

    /// <summary>Binds the arguments.</summary>
    /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
    public OperationBinding(Operation operation, IReadOnlyList<KerasTensor> inputs, IReadOnlyList<Operand> positions,
        IReadOnlyDictionary<string, Operand> keywords)
    {
        Definition = operation.Definition;
        Positions = positions;
        Keywords = keywords;
        Types = [.. inputs.Select(input => input.DType)];

        // Data from the user may have another type than the input declares; outputs of layers are float32.
        declared = [.. inputs.Select(input => input.Layer is Input)];
        var arguments = new OperationArguments(operation.Definition, operation.Settings, positions, keywords, constants);
        function = operation.Definition.Bind(arguments);
    }

    public OperationDefinition Definition { get; }

    /// <summary>The arguments by position.</summary>
    public IReadOnlyList<Operand> Positions { get; }

    /// <summary>The arguments by name.</summary>
    public IReadOnlyDictionary<string, Operand> Keywords { get; }

    /// <summary>The types of the input tensors.</summary>
    public ScalarType[] Types { get; }

    /// <summary>The shapes of the constants.</summary>
    public IEnumerable<Shape> ConstantShapes => constants.Select(constant => (Shape)constant.shape);

    /// <summary>Computes the result.</summary>
    public Tensor[] Run(Tensor[] inputs)
    {
        Tensor[] x = inputs;
        for (int i = 0; i < x.Length; i++)
        {
            if (declared[i] && x[i].dtype != Types[i])
            {
                if (ReferenceEquals(x, inputs))
                {
                    x = [.. inputs];
                }

                x[i] = x[i].to_type(Types[i]);
            }
        }

        Tensor[] y = function(x);
        for (int i = 0; i < y.Length; i++)
        {
            // Masks belong to tensors, and operations do not propagate them.
            if (Array.IndexOf(inputs, y[i]) >= 0 || constants.Contains(y[i]))
            {
                y[i] = y[i].alias();
            }
        }

        return y;
    }

    /// <summary>Computes the result from inputs that have the right types already.</summary>
    public Tensor[] Compute(Tensor[] inputs) => function(inputs);

    public void Dispose()
    {
        foreach (Tensor constant in constants)
        {
            constant.Dispose();
        }

        constants.Clear();
    }
}
