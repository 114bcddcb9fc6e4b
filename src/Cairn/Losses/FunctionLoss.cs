using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>A C# function in the place of a Python function that a file names as its loss.</summary>
/// <param name="name">The function's name in files.</param>
/// <param name="function">Of targets and predictions, one number for each sample, or more, whose mean counts.</param>
/// <param name="reduction">Keras' reduction.</param>
internal sealed class FunctionLoss(string name, Func<Tensor, Tensor, Tensor> function, string reduction = "sum_over_batch_size")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override string ClassName => Name;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred) => function(yTrue, yPred);

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument)
    {
    }

    /// <summary>As Keras writes a function.</summary>
    internal override JsonNode SerializeForCompile() => new JsonObject
    {
        ["module"] = "builtins",
        ["class_name"] = "function",
        ["config"] = Name,
        ["registered_name"] = "function",
    };
}
