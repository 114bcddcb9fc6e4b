using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>One of Keras' operations: where its class is, what it takes, and its function of tensors.</summary>
/// <remarks>
/// Keras splits what an operation takes over two places of a file: the settings of its constructor stand in its configuration, the
/// arguments of its call in the node of the graph.
/// </remarks>
internal sealed class OperationDefinition
{
    /// <summary>Describes an operation.</summary>
    /// <param name="module">The last part of the name of Keras' module, such as <c>numpy</c>.</param>
    /// <param name="className">Keras' class name.</param>
    /// <param name="settings">The parameters of the constructor, as Python writes them.</param>
    /// <param name="parameters">The parameters of the call, likewise.</param>
    /// <param name="bind">Reads the arguments once; what it gives computes, however often.</param>
    public OperationDefinition(string module, string className, string settings, string parameters,
        Func<OperationArguments, Func<Tensor[], Tensor[]>> bind)
    {
        Module = $"keras.src.ops.{module}";
        ClassName = className;
        Settings = OperationParameter.Parse(settings);
        Parameters = OperationParameter.Parse(parameters);
        Bind = bind;
    }

    public string Module { get; }

    public string ClassName { get; }

    public IReadOnlyList<OperationParameter> Settings { get; }

    public IReadOnlyList<OperationParameter> Parameters { get; }

    public Func<OperationArguments, Func<Tensor[], Tensor[]>> Bind { get; }

    /// <summary>Whether it computes element by element, smaller tensors repeated: its output's shape then follows from the inputs' alone.</summary>
    public bool IsElementwise { get; init; }

    /// <summary>An operation on each number of a tensor.</summary>
    public static OperationDefinition Unary(string module, string className, Func<Tensor, Tensor> function, string parameter = "x") =>
        new(module, className, "", parameter, a =>
        {
            OperationSource x = a.Tensor(parameter);
            return t => [function(x.Of(t))];
        })
        {
            IsElementwise = true,
        };

    /// <summary>An operation on the numbers of two tensors, the smaller one repeated.</summary>
    public static OperationDefinition Binary(string className, Func<Tensor, Tensor, Tensor> function, string parameters = "x1, x2",
        string module = "numpy") =>
        new(module, className, "", parameters, a =>
        {
            OperationSource first = a.Tensor(a.Parameters[0].Name);
            OperationSource second = a.Tensor(a.Parameters[1].Name);
            return t => [function(first.Of(t), second.Of(t))];
        })
        {
            IsElementwise = true,
        };

    /// <summary>An operation that takes axes together.</summary>
    /// <param name="className">Keras' class name.</param>
    /// <param name="module">The last part of the name of Keras' module.</param>
    /// <param name="function">Of the tensor, the axes (all of them where none are given) and whether they stay with size 1.</param>
    public static OperationDefinition Reduction(string className, Func<Tensor, long[], bool, Tensor> function, string module = "numpy") =>
        new(module, className, "axis=None, keepdims=False", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long[]? axes = a.Axes("axis");
            bool keep = a.Bool("keepdims");
            return t =>
            {
                Tensor tensor = x.Of(t);
                return [function(tensor, AllOr(axes, tensor), keep)];
            };
        });

    /// <summary>The axes, or all of a tensor, counted from the start.</summary>
    public static long[] AllOr(long[]? axes, Tensor x) => axes is null
        ? [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)]
        : Array.ConvertAll(axes, axis => axis < 0 ? axis + x.dim() : axis);
}
