using System.Text;
using Cairn.Layers;

namespace Cairn;

/// <summary>What <see cref="Model.Quantize"/> did. Keras: <c>QuantizationReport</c>.</summary>
public sealed class QuantizationReport
{
    internal QuantizationReport(string mode, IReadOnlyList<Layer> quantized, IReadOnlyList<(Layer Layer, string Reason)> skipped)
    {
        Mode = mode;
        Quantized = quantized;
        Skipped = skipped;
    }

    /// <summary>The mode, such as <c>"float8"</c>.</summary>
    public string Mode { get; }

    /// <summary>The layers that were quantized.</summary>
    public IReadOnlyList<Layer> Quantized { get; }

    /// <summary>
    /// The layers that were not, and why: <c>"no quantize support"</c>, <c>"filtered out"</c> or <c>"already quantized"</c>, as in Keras.
    /// </summary>
    public IReadOnlyList<(Layer Layer, string Reason)> Skipped { get; }

    /// <summary>The report in several lines.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("Quantization report (mode='").Append(Mode).Append("')\nQuantized ").Append(Quantized.Count).Append(" layer(s):");
        foreach (Layer layer in Quantized)
        {
            text.Append("\n  - ").Append(layer.Name).Append(" (").Append(layer.ClassName).Append(')');
        }

        text.Append("\nSkipped ").Append(Skipped.Count).Append(" layer(s):");
        foreach ((Layer layer, string reason) in Skipped)
        {
            text.Append("\n  - ").Append(layer.Name).Append(" (").Append(layer.ClassName).Append("): ").Append(reason);
        }

        return text.ToString();
    }
}
