using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Cairn.Losses;

/// <summary>The string <c>"crossentropy"</c> until Keras' rule resolves it from the shapes.</summary>
internal sealed class CrossentropyByShape(string name) : Loss(name)
{
    public static bool IsMeantBy(string name) => name.ToLowerInvariant() is "crossentropy" or "ce";

    public override Tensor Call(Tensor yTrue, Tensor yPred) =>
        throw new InvalidOperationException("'crossentropy' is not resolved yet: that requires the shapes of targets and predictions.");

    internal override Loss ResolveFor(Shape yTrue, Shape yPred) => TargetForms.Of(yTrue, yPred) switch
    {
        TargetForm.Binary => new BinaryCrossentropy(name: Name),
        TargetForm.ClassNumbers => new SparseCategoricalCrossentropy(name: Name),
        _ => new CategoricalCrossentropy(name: Name),
    };

    internal override JsonNode SerializeForCompile() => JsonValue.Create(Name);
}
