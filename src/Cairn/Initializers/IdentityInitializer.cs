using System.Text.Json.Nodes;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>The identity matrix times a factor: ones on the diagonal, zeros elsewhere. Keras: <c>initializers.Identity</c>,
/// also called <c>IdentityInitializer</c>, a name that no layer has.</summary>
/// <param name="gain">The factor; 1 by default.</param>
public sealed class IdentityInitializer(double gain = 1) : Initializer
{
    /// <inheritdoc/>
    public override string ClassName => "Identity";

    internal override void Fill(Span<float> values, Shape shape, ref RandomStream random)
    {
        if (shape.Rank != 2)
        {
            throw new ArgumentException($"Identity needs a weight with 2 axes; the weight has the shape {shape}.");
        }

        values.Clear();
        for (long i = 0; i < Math.Min(shape[0], shape[1]); i++)
        {
            values[(int)((i * shape[1]) + i)] = (float)gain;
        }
    }

    // Keras doesn't save the factor, but reads it.
    internal override JsonObject GetConfig() => gain == 1 ? [] : new() { ["gain"] = gain };
}
