using Cairn.Saving;

namespace Cairn.Operations.TensorFlow;

/// <summary>A TensorFlow function in the graph of a Keras 2 file, which is replaced by one or more Keras 3 operations.</summary>
/// <remarks>
/// TensorFlow 2.4 and later write <c>TFOpLambda</c> (a function name and its arguments) and <c>SlicingOpLambda</c>; earlier versions write
/// <c>TensorFlowOpLayer</c>, a node of a TensorFlow graph.
/// </remarks>
internal sealed class TensorFlowOperation
{
    private readonly string function;
    private readonly Func<TensorFlowCall, Operand[]> translate;
    private readonly Func<IReadOnlyList<Operand>, IReadOnlyDictionary<string, Operand>,
        (IReadOnlyList<Operand>, IReadOnlyDictionary<string, Operand>)>? prepare;

    private TensorFlowOperation(
        string function,
        Func<TensorFlowCall, Operand[]> translate,
        Func<IReadOnlyList<Operand>, IReadOnlyDictionary<string, Operand>,
            (IReadOnlyList<Operand>, IReadOnlyDictionary<string, Operand>)>? prepare = null)
    {
        this.function = function;
        this.translate = translate;
        this.prepare = prepare;
    }

    /// <summary>Reads an entry of a graph's layers; null if it is something else.</summary>
    /// <exception cref="ConfigException">The function is not supported.</exception>
    public static TensorFlowOperation? TryRead(ConfigReader entry, string place)
    {
        string? className = entry.OptionalString("class_name");
        switch (className)
        {
            case "TFOpLambda" or "SlicingOpLambda":
                string name = entry.Object("config").String("function");
                return new TensorFlowOperation(name, Find(name, place));
            case "TensorFlowOpLayer":
                var node = TensorFlowNode.Read(entry.Object("config"), place);
                return new TensorFlowOperation(node.Function, Find(node.Function, place), node.Prepare);
            default:
                return null;
        }
    }

    /// <summary>Records the replacement of the function.</summary>
    /// <param name="inputs">The input tensors of the graph.</param>
    /// <param name="positions">The arguments by position.</param>
    /// <param name="keywords">The arguments by name.</param>
    /// <param name="name">The name of the operation that produces the result, or null.</param>
    /// <exception cref="ArgumentException">The arguments are invalid for the function.</exception>
    public IReadOnlyList<KerasTensor> Record(
        IReadOnlyList<KerasTensor> inputs, IReadOnlyList<Operand> positions, IReadOnlyDictionary<string, Operand> keywords, string? name)
    {
        (positions, keywords) = prepare?.Invoke(positions, keywords) ?? (positions, keywords);
        var call = new TensorFlowCall(function, inputs, positions, keywords);
        IReadOnlyList<KerasTensor> outputs = call.TensorsOf(translate(call));
        if (name is not null && outputs is [{ Layer: Operation last }, ..] && !last.HasFinalName)
        {
            last.TakeName(name.Replace('/', '_'));
        }

        return outputs;
    }

    private static Func<TensorFlowCall, Operand[]> Find(string function, string place) =>
        TensorFlowFunctions.Known.TryGetValue(function.StartsWith("compat.v1.", StringComparison.Ordinal) ? function["compat.v1.".Length..]
        : function, out Func<TensorFlowCall, Operand[]>? found)
            ? found
            : throw new ConfigException(place,
            $"the TensorFlow function '{function}' is not supported. {NearestName.Hint(function, TensorFlowFunctions.Known.Keys)}");
}
