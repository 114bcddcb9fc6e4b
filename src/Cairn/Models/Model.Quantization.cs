using Cairn.Layers;

namespace Cairn;

// Quantization of the layers of a model.
public abstract partial class Model
{
    /// <summary>
    /// Quantizes the <see cref="Dense"/> and <see cref="EinsumDense"/> layers of the model and of the models in it. Keras:
    /// <c>quantize</c>.
    /// </summary>
    /// <remarks>
    /// <c>"float8"</c> is for training, not for smaller files; see <see cref="Dense.Quantize"/>. Call it before <c>Compile</c>.
    /// </remarks>
    /// <param name="mode"><c>"float8"</c>.</param>
    /// <param name="filter">Which layers are quantized; null (default) for all that can be.</param>
    /// <returns>The layers that were quantized, and those that were not.</returns>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    /// <exception cref="NotSupportedException">Layers are quantized in this mode in Keras only.</exception>
    /// <exception cref="InvalidOperationException">A layer has LoRA.</exception>
    public QuantizationReport Quantize(string mode, Func<Layer, bool>? filter = null)
    {
        ModesOfQuantization.Check(mode);
        BuildIfKnown();
        List<Layer> quantized = [];
        List<(Layer Layer, string Reason)> skipped = [];
        foreach (Layer layer in QuantizableParts().Distinct().ToArray())
        {
            string? reason = filter?.Invoke(layer) == false ? "filtered out" : layer.QuantizeToFloat8();
            if (reason is null)
            {
                quantized.Add(layer);
            }
            else
            {
                skipped.Add((layer, reason));
            }
        }

        return new QuantizationReport(mode, quantized, skipped);
    }
}
