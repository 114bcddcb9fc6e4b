using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations;

/// <summary>The definition of a Keras operation: module and class, parameters, and its function on tensors.</summary>
/// <remarks>
/// Keras saves the parameters of an operation in two places: the constructor settings in its configuration, the call arguments in the node
/// of the graph.
/// </remarks>
internal sealed class OperationDefinition
{
    /// <summary>Creates a definition.</summary>
    /// <param name="module">The last part of the Keras module name, such as <c>numpy</c>.</param>
    /// <param name="className">The Keras class name.</param>
    /// <param name="settings">The constructor parameters, in Python syntax.</param>
    /// <param name="parameters">The call parameters, in Python syntax.</param>
    /// <param name="bind">Reads the arguments once; the returned function computes the result any number of times.</param>
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

    /// <summary>
    /// Whether the operation is element-wise with broadcasting, so that the output shape depends only on the input shapes.
    /// </summary>
    public bool IsElementwise { get; init; }

    /// <summary>An element-wise operation on one tensor.</summary>
    public static OperationDefinition Unary(string module, string className, Func<Tensor, Tensor> function, string parameter = "x") =>
        new(module, className, "", parameter, a =>
        {
            OperationSource x = a.Tensor(parameter);
            return t => [function(x.Of(t))];
        })
        {
            IsElementwise = true,
        };

    /// <summary>An element-wise operation on two tensors, with broadcasting.</summary>
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

    /// <summary>A reduction along axes.</summary>
    /// <param name="className">The Keras class name.</param>
    /// <param name="module">The last part of the Keras module name.</param>
    /// <param name="function">A function of the tensor, the axes (all if none are given), and whether to keep them with size 1.</param>
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

    /// <summary>The axes, or all axes of a tensor, counted from the start.</summary>
    public static long[] AllOr(long[]? axes, Tensor x) => axes is null
        ? [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis)]
        : Array.ConvertAll(axes, axis => axis < 0 ? axis + x.dim() : axis);
}
