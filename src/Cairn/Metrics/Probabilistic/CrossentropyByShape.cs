using Cairn.Losses;

namespace Cairn.Metrics;

/// <summary>The string <c>"crossentropy"</c>. Keras documents it, but fails to resolve it in 3.16.</summary>
internal sealed class CrossentropyByShape(string name) : MetricByShape(name)
{
    public override MetricDirection? Direction => MetricDirection.Down;

    private protected override Metric Resolve(TargetForm form) => form switch
    {
        TargetForm.Binary => new BinaryCrossentropy(Name),
        TargetForm.ClassNumbers => new SparseCategoricalCrossentropy(Name),
        _ => new CategoricalCrossentropy(Name),
    };
}
