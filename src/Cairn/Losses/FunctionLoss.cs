using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>A C# function that replaces a Python loss function named in a file.</summary>
/// <param name="name">The function's name in files.</param>
/// <param name="function">Computes from targets and predictions one value per sample, or several, which are averaged.</param>
/// <param name="reduction">Keras' reduction.</param>
internal sealed class FunctionLoss(string name, Func<Tensor, Tensor, Tensor> function, string reduction = "sum_over_batch_size")
    : Loss(name, reduction)
{
    /// <inheritdoc/>
    public override string ClassName => Name;

    /// <inheritdoc/>
    public override Tensor Call(Tensor yTrue, Tensor yPred)
    {
        (yTrue, yPred) = RankAlignment.Align(yTrue, yPred);
        return function(yTrue, yPred);
    }

    internal override void CheckShapes(Shape yTrue, Shape yPred, string argument) =>
        RankAlignment.RefuseBroadcast(Name, yTrue, yPred, argument);

    private protected override bool IsOwn => true;

    /// <summary>The function as Keras serializes it.</summary>
    internal override JsonNode SerializeForCompile() => new JsonObject
    {
        ["module"] = "builtins",
        ["class_name"] = "function",
        ["config"] = Name,
        ["registered_name"] = "function",
    };
}
