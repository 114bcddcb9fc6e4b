using System.Text.Json.Nodes;
using Cairn.Operations;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Maps the tensors of a call to the parameters of the layer's function, and holds the call's plain values.</summary>
/// <remarks>
/// Layers take their tensors as one flat array. Where the function has several parameters, as in
/// <c>MultiHeadAttention(query, value, key)</c> and <c>LSTM(sequences, initial_state)</c>, this maps the tensors to the parameters.
/// </remarks>
internal sealed class CallArguments
{
    /// <summary>A single tensor for the layer's first parameter.</summary>
    public static readonly CallArguments One = new([new TensorArgument("inputs", 0, 1, IsList: false)], null);

    /// <summary>Keras' keyword for running a layer in training or inference mode.</summary>
    public const string Training = "training";

    private readonly TensorArgument[] tensors;

    /// <summary>Describes a call.</summary>
    /// <param name="tensors">The parameters that receive tensors, in the order of the tensors.</param>
    /// <param name="values">Plain values by Keras' keyword, for example <c>use_causal_mask</c>; null for none.</param>
    public CallArguments(IEnumerable<TensorArgument> tensors, JsonObject? values)
    {
        this.tensors = [.. tensors];
        Values = values ?? [];
    }

    /// <summary>The parameters that receive tensors.</summary>
    public IReadOnlyList<TensorArgument> Tensors => tensors;

    /// <summary>Plain values by Keras' keyword.</summary>
    public JsonObject Values { get; }

    /// <summary>The call of an operation, ready to compute; null for the call of a layer.</summary>
    public OperationBinding? Operation { get; private init; }

    /// <summary>Whether the layer runs in training mode or in inference mode; null to follow the model.</summary>
    public bool? FixedTraining => Values[Training] is JsonValue value && value.TryGetValue(out bool training) ? training : null;

    /// <summary>Several tensors, passed as one list, as merging layers take them.</summary>
    public static CallArguments List(int count) => new([new TensorArgument("inputs", 0, count, IsList: true)], null);

    /// <summary>The tensors of an operation, whose own arguments define what they are for.</summary>
    public static CallArguments Of(OperationBinding operation, int count) =>
        new([new TensorArgument("inputs", 0, count, IsList: true)], null) { Operation = operation };

    /// <summary>The default form: a single tensor alone, several tensors as a list.</summary>
    public static CallArguments For(int count) => count == 1 ? One : List(count);

    /// <summary>The tensor for a parameter, or null if it is not given.</summary>
    public Tensor? Find(string parameter, IReadOnlyList<Tensor> inputs) =>
        Range(parameter) is { Count: > 0 } range ? inputs[range.Start] : null;

    /// <summary>The tensors for a parameter that takes a list; empty if it is not given.</summary>
    public Tensor[] FindList(string parameter, IReadOnlyList<Tensor> inputs) =>
        Range(parameter) is { } range ? [.. inputs.Skip(range.Start).Take(range.Count)] : [];

    /// <summary>The range of tensors that belong to a parameter, or null.</summary>
    public TensorArgument? Range(string parameter) =>
        Array.Find(tensors, t => t.Parameter == parameter) is { Parameter: not null } found ? found : null;

    /// <summary>A range of tensors, and the parameter that receives them.</summary>
    /// <param name="Parameter">Keras' name of the parameter.</param>
    /// <param name="Start">Index of the first tensor.</param>
    /// <param name="Count">Number of tensors.</param>
    /// <param name="IsList">Whether they are passed as a list, even if it has one element.</param>
    internal readonly record struct TensorArgument(string Parameter, int Start, int Count, bool IsList);
}
