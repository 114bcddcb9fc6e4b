using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Layers of files whose weight is quantized.
public abstract partial class Layer
{
    private QuantizationSettings? quantization;

    /// <summary>The quantized weight, or null.</summary>
    private protected QuantizedWeight? Quantized { get; private set; }

    private protected bool IsQuantized => quantization is not null;

    /// <summary>Reads whether the layer is quantized; its weight is made when the layer is built.</summary>
    private protected void TakeQuantization(ConfigReader config) => quantization = QuantizationSettings.Read(config);

    private protected void WriteQuantization(JsonObject config) => quantization?.Write(config);

    /// <summary>Adds a quantized weight; in Build.</summary>
    /// <param name="name">The weight's name.</param>
    /// <param name="shape">The shape before packing.</param>
    /// <param name="layout">How integers and scales are stored.</param>
    /// <param name="scaleShape">The shape of the scales with 8 bits, or with one scale per output.</param>
    /// <param name="regularizer">The regularizer of the weight, which its LoRA gets.</param>
    /// <param name="constraint">The constraint on the weight, which its LoRA does not support.</param>
    private protected void AddQuantized(
        string name, Shape shape, QuantizedLayout layout, Shape scaleShape, Regularizer? regularizer, Constraint? constraint)
    {
        QuantizationSettings settings = quantization!;
        (long rows, long columns) = (layout.Rows, layout.Columns);
        Variable values = AddFixed(name, settings.IsInt4 ? [rows, (columns + 1) / 2] : shape, ScalarType.Int8);
        (values.Regularizer, values.Constraint) = (regularizer, constraint);
        if (!settings.IsInt4 || settings.BlockSize == 0)
        {
            Shape scales = settings.IsInt4 && layout.BlockedAxis == 0 ? [columns] : scaleShape;
            Quantized = new QuantizedWeight(settings, shape, layout, values, AddScale(name, scales), null, null);
            return;
        }

        long blocked = layout.BlockedAxis == 0 ? rows : columns;
        long blocks = (blocked + settings.BlockSize - 1) / settings.BlockSize;
        Shape each = layout.BlockedAxis == 0 ? [blocks, columns] : [rows, blocks];
        Variable scale = AddScale(name, each);
        Variable zero = AddFixed($"{name}_zero", each, ScalarType.Int8);
        Variable groups = AddWeight("g_idx", [blocked], Initializer.Zeros, trainable: false);
        Quantized = new QuantizedWeight(settings, shape, layout, values, scale, zero, groups);
    }

    private Variable AddScale(string name, Shape shape) => AddWeight($"{name}_scale", shape, Initializer.Ones, trainable: false);

    private Variable AddFixed(string name, Shape shape, ScalarType type) => Register(building!.CreateZeros(name, shape, type));
}
