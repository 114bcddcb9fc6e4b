using Cairn.Initializers;
using Cairn.Training;

namespace Cairn.Layers;

/// <summary>
/// Initializer of the concatenated bias of the gates i, f, c and o, with 1 for the forget gate (Jozefowicz et al., 2015).
/// </summary>
/// <param name="others">Initializer of the other gates.</param>
internal sealed class ForgetBias(Initializer others) : Initializer
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        int units = values.Length / 4;
        others.Fill(values[..units], [units], ref random);
        values[units..(2 * units)].Fill(1);
        others.Fill(values[(2 * units)..], [2 * units], ref random);
    }
}
