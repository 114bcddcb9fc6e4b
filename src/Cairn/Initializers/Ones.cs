using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>All ones.</summary>
public sealed class Ones : Initializer
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random) => values.Fill(1);
}
