using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>All zeros.</summary>
public sealed class Zeros : Initializer
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random) => values.Clear();
}
