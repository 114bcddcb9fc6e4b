using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The string <c>"crossentropy"</c> until the shapes tell which cross-entropy is meant. Keras promises this and, in 3.16, fails.</summary>
internal sealed class CrossentropyByShape(string name) : Metric(name)
{
    public override MetricDirection? Direction => MetricDirection.Down;

    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) => throw Unresolved();

    public override double Result() => throw Unresolved();

    public override void ResetState()
    {
    }

    internal override Metric ResolveFor(Shape yTrue, Shape yPred) => TargetForms.Of(yTrue, yPred) switch
    {
        TargetForm.Binary => new BinaryCrossentropy(Name),
        TargetForm.ClassNumbers => new SparseCategoricalCrossentropy(Name),
        _ => new CategoricalCrossentropy(Name),
    };

    internal override JsonNode Serialize() => JsonValue.Create(Name);

    private static InvalidOperationException Unresolved() =>
        new("Which cross-entropy is meant is known only when the model has seen the shapes of targets and predictions.");
}
