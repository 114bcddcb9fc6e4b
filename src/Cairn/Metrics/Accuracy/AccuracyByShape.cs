using Cairn.Losses;

namespace Cairn.Metrics;

/// <summary>The string <c>"accuracy"</c>.</summary>
internal sealed class AccuracyByShape(string name) : MetricByShape(name)
{
    public override MetricDirection? Direction => MetricDirection.Up;

    private protected override Metric Resolve(TargetForm form) => form switch
    {
        TargetForm.Binary => new BinaryAccuracy(Name),
        TargetForm.ClassNumbers => new SparseCategoricalAccuracy(Name),
        _ => new CategoricalAccuracy(Name),
    };
}
