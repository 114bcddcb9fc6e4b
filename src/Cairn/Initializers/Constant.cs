using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>A constant value.</summary>
/// <param name="value">The value; 0 by default.</param>
public sealed class Constant(double value = 0) : Initializer
{
    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random) => values.Fill((float)value);

    internal override JsonObject GetConfig() => new() { ["value"] = value };
}
