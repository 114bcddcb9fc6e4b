using System.Text.Json.Nodes;
using Cairn.Initializers;
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
    /// <param name="flat">With 4 bits, rows and columns that it is stored in.</param>
    /// <param name="scaleShape">The shape of the scales with 8 bits, or with one scale per output.</param>
    /// <param name="blockedAxis">The axis of the blocks.</param>
    private protected void AddQuantized(
        string name, Shape shape, (long Rows, long Columns) flat, Shape scaleShape, int blockedAxis = 0)
    {
        QuantizationSettings settings = quantization!;
        Variable values = AddFixed(name, settings.IsInt4 ? [flat.Rows, (flat.Columns + 1) / 2] : shape, ScalarType.Int8);
        if (!settings.IsInt4 || settings.BlockSize == 0)
        {
            Shape scales = settings.IsInt4 && blockedAxis == 0 ? [flat.Columns] : scaleShape;
            Quantized = new QuantizedWeight(settings, values, flat.Columns, AddScale(name, scales), null, null);
            return;
        }

        long blocked = blockedAxis == 0 ? flat.Rows : flat.Columns;
        long blocks = (blocked + settings.BlockSize - 1) / settings.BlockSize;
        Shape each = blockedAxis == 0 ? [blocks, flat.Columns] : [flat.Rows, blocks];
        Variable scale = AddScale(name, each);
        Variable zero = AddFixed($"{name}_zero", each, ScalarType.Int8);
        Variable groups = AddWeight("g_idx", [blocked], Initializer.Zeros, trainable: false);
        Quantized = new QuantizedWeight(settings, values, flat.Columns, scale, zero, groups);
    }

    private Variable AddScale(string name, Shape shape) => AddWeight($"{name}_scale", shape, Initializer.Ones, trainable: false);

    private Variable AddFixed(string name, Shape shape, ScalarType type) => Register(building!.CreateZeros(name, shape, type));
}
