using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

// Layers whose weight is quantized.
public abstract partial class Layer
{
    private QuantizationSettings? quantization;

    // Scales that a file does not ask for follow the other weights.
    private bool addsFloat8Last;

    /// <summary>
    /// How the layer is quantized: <c>"float8"</c>, or for layers of files also <c>"int8"</c>, <c>"int4"</c>, <c>"gptq"</c>, <c>"awq"</c>
    /// or <c>"ternary"</c>; null if it is not. Keras: <c>quantization_mode</c>.
    /// </summary>
    public string? QuantizationMode => quantization?.Mode;

    /// <summary>The quantized weight, or null.</summary>
    private protected QuantizedWeight? Quantized { get; private set; }

    /// <summary>The kernel of bytes, or null.</summary>
    private protected PackedKernel? Packed { get; private set; }

    /// <summary>The scales of 8-bit floating-point numbers, or null.</summary>
    private protected Float8Weights? Float8 { get; private set; }

    private protected bool IsQuantized => quantization is { IsFloat8: false, IsPacked: false };

    private protected bool IsPacked => quantization is { IsPacked: true };

    /// <summary>Whether the layer can be quantized to float8.</summary>
    private protected virtual bool CanBeFloat8 => false;

    /// <summary>The policy that the layer had before it was quantized; null if it is not quantized, or it is unknown.</summary>
    internal string? PolicyBeforeQuantization => quantization is { IsFloat8: true } ? quantization.SourceName : null;

    /// <summary>
    /// The layers within this one that a file describes individually, without models and inputs: the parts of attention, for example, are
    /// not described.
    /// </summary>
    internal IEnumerable<Layer> QuantizableParts() => Parts.Where(part => part is not Layers.Input).SelectMany(part =>
        part.IsModel ? part.QuantizableParts()
        : part is TimeDistributed or SpectralNormalization or RNN or Bidirectional || part.IsOfUser ? [part, .. part.QuantizableParts()]
        : [part]);

    /// <summary>Quantizes the layer to float8, if it can be.</summary>
    /// <returns>Why not; null if it was quantized.</returns>
    internal string? QuantizeToFloat8()
    {
        if (!CanBeFloat8)
        {
            return "no quantize support";
        }

        if (quantization is not null)
        {
            return "already quantized";
        }

        if (LoraSettings is not null)
        {
            throw new InvalidOperationException($"{ClassName} '{Name}' has LoRA, which float8 does not support.");
        }

        quantization = QuantizationSettings.Float8(DTypePolicy);
        addsFloat8Last = true;
        if (Built && origin is not null)
        {
            AddFloat8(origin);
            CountTrainableChange();
        }

        return null;
    }

    /// <summary>Quantizes the layer.</summary>
    /// <param name="mode">The mode.</param>
    private protected void QuantizeTo(string mode)
    {
        ModesOfQuantization.Check(mode);
        if (QuantizeToFloat8() is not null)
        {
            throw new InvalidOperationException($"{ClassName} '{Name}' is already quantized to {QuantizationMode}.");
        }
    }

    /// <summary>Reads whether the layer is quantized; its weight is made when the layer is built.</summary>
    private protected void TakeQuantization(ConfigReader config)
    {
        quantization = QuantizationSettings.Read(config);
        if (quantization is { IsFloat8: true } or { IsPacked: true } && config.Has("lora_rank"))
        {
            throw config.Error("lora_rank", $"LoRA is not supported with quantization '{quantization.Mode}'");
        }
    }

    private protected void WriteQuantization(JsonObject config) => quantization?.Write(config);

    /// <summary>Adds the scales of a float8 layer; at the start and at the end of Build.</summary>
    /// <param name="isLast">Whether it is the end.</param>
    private protected void AddFloat8(bool isLast)
    {
        if (quantization is { IsFloat8: true } && addsFloat8Last == isLast)
        {
            AddFloat8(building!);
        }
    }

    /// <summary>Adds a kernel of bytes; in Build.</summary>
    /// <param name="shape">The shape of the kernel.</param>
    /// <param name="rows">The size of its input axes.</param>
    /// <param name="zeroName">The name of the zero points.</param>
    private protected void AddPacked(Shape shape, long rows, string zeroName)
    {
        QuantizationSettings settings = quantization!;
        long columns = shape.ElementCount / Math.Max(1, rows);
        int count = PackedKernel.ValuesInByte(settings);
        if (settings.Mode == "ternary")
        {
            Variable digits = AddFixed("kernel", [(rows + count - 1) / count, columns], ScalarType.Byte);
            Packed = new PackedKernel(settings, shape, columns, digits, AddScale("kernel", []), null, null, null);
            return;
        }

        long blocks = settings.BlockSize == 0 ? 1 : (rows + settings.BlockSize - 1) / settings.BlockSize;
        Variable values = AddFixed("kernel", [(columns + count - 1) / count, rows], ScalarType.Byte);
        Variable scale = AddScale("kernel", [columns, blocks]);
        Variable zero = AddFixed(zeroName, [columns, blocks], ScalarType.Byte);
        Variable? inputs = settings.Mode == "awq" ? AddWeight("awq_scales", [rows], Initializer.Ones, trainable: false) : null;
        Packed = new PackedKernel(settings, shape, columns, values, scale, zero, inputs,
            AddWeight("g_idx", [rows], Initializer.Zeros, trainable: false));
    }

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

    private void AddFloat8(Training.BuildContext context)
    {
        Float8 = Float8Weights.Create(quantization!.HistoryLength, context, isInFiles: !addsFloat8Last);
        foreach (Variable variable in Float8.Variables)
        {
            if (variables.Count > 0)
            {
                variable.MoveTo(variables[0].Stored.device);
            }

            Register(variable);
        }
    }

    private Variable AddScale(string name, Shape shape) => AddWeight($"{name}_scale", shape, Initializer.Ones, trainable: false);

    private Variable AddFixed(string name, Shape shape, ScalarType type) => Register(building!.CreateZeros(name, shape, type));
}
