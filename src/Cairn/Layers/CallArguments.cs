using System.Text.Json.Nodes;
using Cairn.Operations;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>How the tensors of a call are spread over the parameters of the layer's function, and the plain values besides.</summary>
/// <remarks>
/// Layers take their tensors as one flat array; where they have several parameters, as <c>MultiHeadAttention(query, value, key)</c> and
/// <c>LSTM(sequences, initial_state)</c> have, this says which tensors are which.
/// </remarks>
internal sealed class CallArguments
{
    /// <summary>One tensor, the layer's first parameter.</summary>
    public static readonly CallArguments One = new([new TensorArgument("inputs", 0, 1, IsList: false)], null);

    /// <summary>Keras' keyword that says whether a layer runs as in training.</summary>
    public const string Training = "training";

    private readonly TensorArgument[] tensors;

    /// <summary>Describes a call.</summary>
    /// <param name="tensors">The parameters that tensors are given for, in the order of the tensors.</param>
    /// <param name="values">Plain values by Keras' keyword, such as <c>use_causal_mask</c>; null for none.</param>
    public CallArguments(IEnumerable<TensorArgument> tensors, JsonObject? values)
    {
        this.tensors = [.. tensors];
        Values = values ?? [];
    }

    /// <summary>The parameters that tensors are given for.</summary>
    public IReadOnlyList<TensorArgument> Tensors => tensors;

    /// <summary>Plain values by Keras' keyword.</summary>
    public JsonObject Values { get; }

    /// <summary>The call of an operation, ready to compute; null for a layer's.</summary>
    public OperationBinding? Operation { get; private init; }

    /// <summary>Whether the layer runs as in training or as in inference; null where it runs as the model does.</summary>
    public bool? FixedTraining => Values[Training] is JsonValue value && value.TryGetValue(out bool training) ? training : null;

    /// <summary>Several tensors as a list that is the layer's one parameter, as merging layers take them.</summary>
    public static CallArguments List(int count) => new([new TensorArgument("inputs", 0, count, IsList: true)], null);

    /// <summary>The tensors of an operation, whose own arguments say what they are for.</summary>
    public static CallArguments Of(OperationBinding operation, int count) =>
        new([new TensorArgument("inputs", 0, count, IsList: true)], null) { Operation = operation };

    /// <summary>The usual form: one tensor alone, several as a list.</summary>
    public static CallArguments For(int count) => count == 1 ? One : List(count);

    /// <summary>The tensor for a parameter, or null where none is given.</summary>
    public Tensor? Find(string parameter, IReadOnlyList<Tensor> inputs) =>
        Range(parameter) is { Count: > 0 } range ? inputs[range.Start] : null;

    /// <summary>The tensors for a parameter that takes a list; empty where none are given.</summary>
    public Tensor[] FindList(string parameter, IReadOnlyList<Tensor> inputs) =>
        Range(parameter) is { } range ? [.. inputs.Skip(range.Start).Take(range.Count)] : [];

    /// <summary>Where in the tensors those for a parameter stand, or null.</summary>
    public TensorArgument? Range(string parameter) =>
        Array.Find(tensors, t => t.Parameter == parameter) is { Parameter: not null } found ? found : null;

    /// <summary>Some tensors, and the parameter of the call that they are given for.</summary>
    /// <param name="Parameter">Keras' name of the parameter.</param>
    /// <param name="Start">Index of the first one.</param>
    /// <param name="Count">How many there are.</param>
    /// <param name="IsList">Whether they are given as a list, also where it has one member.</param>
    internal readonly record struct TensorArgument(string Parameter, int Start, int Count, bool IsList);
}
