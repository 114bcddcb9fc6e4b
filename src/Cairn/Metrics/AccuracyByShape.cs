using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>The string <c>"accuracy"</c> until the shapes tell which accuracy is meant, by Keras' rule.</summary>
internal sealed class AccuracyByShape(string name) : Metric(name)
{
    public override MetricDirection? Direction => MetricDirection.Up;

    public override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) => throw Unresolved();

    public override double Result() => throw Unresolved();

    public override void ResetState()
    {
    }

    internal override Metric ResolveFor(Shape yTrue, Shape yPred) => TargetForms.Of(yTrue, yPred) switch
    {
        TargetForm.Binary => new BinaryAccuracy(Name),
        TargetForm.ClassNumbers => new SparseCategoricalAccuracy(Name),
        _ => new CategoricalAccuracy(Name),
    };

    internal override JsonNode Serialize() => JsonValue.Create(Name);

    private static InvalidOperationException Unresolved() =>
        new("Which accuracy is meant is known only when the model has seen the shapes of targets and predictions.");
}
