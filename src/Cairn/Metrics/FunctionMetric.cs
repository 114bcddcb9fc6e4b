using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The mean of a C# function that replaces a Python metric function named in a file.</summary>
/// <param name="name">The function's name in files.</param>
/// <param name="function">Computes the values from targets and predictions.</param>
internal sealed class FunctionMetric(string name, Func<Tensor, Tensor, Tensor> function) : MeanMetric(name)
{
    /// <inheritdoc/>
    public override string ClassName => Name;

    /// <inheritdoc/>
    protected override Tensor Values(Tensor yTrue, Tensor yPred) => function(yTrue, yPred);

    internal override bool IsOwn => true;

    /// <summary>The function as Keras serializes it.</summary>
    internal override JsonNode Serialize() => new JsonObject
    {
        ["module"] = "builtins",
        ["class_name"] = "function",
        ["config"] = Name,
        ["registered_name"] = "function",
    };
}
