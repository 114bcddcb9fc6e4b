using System.Text.Json.Nodes;
using Cairn.Losses;
using static TorchSharp.torch;

namespace Cairn.Metrics;

/// <summary>A string such as <c>"accuracy"</c> until Keras' rule resolves it from the shapes.</summary>
internal abstract class MetricByShape(string name) : Metric(name)
{
    public sealed override void UpdateState(Tensor yTrue, Tensor yPred, Tensor? sampleWeight = null) => throw Unresolved();

    public sealed override double Result() => throw Unresolved();

    public sealed override void ResetState()
    {
    }

    internal sealed override Metric ResolveFor(Shape yTrue, Shape yPred) => Resolve(TargetForms.Of(yTrue, yPred));

    internal sealed override JsonNode Serialize() => JsonValue.Create(Name);

    private protected abstract Metric Resolve(TargetForm form);

    private InvalidOperationException Unresolved() =>
        new($"The metric '{Name}' is not resolved yet: that requires the shapes of targets and predictions.");
}
