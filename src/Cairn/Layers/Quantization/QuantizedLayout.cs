using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>How the integers of a quantized weight and their scales are stored.</summary>
/// <param name="Rows">The rows in which 4-bit integers are stored.</param>
/// <param name="Columns">Their columns before packing.</param>
/// <param name="BlockedAxis">The axis of the 4-bit blocks, 0 for rows or 1 for columns; the scales without blocks are along the other.</param>
/// <param name="ReducedAxes">The axes of the weight that share an 8-bit scale.</param>
/// <param name="ToWeight">Gives 8-bit scales the axes of the weight, of size 1 where it shares them; null if they have them.</param>
/// <param name="FromWeight">The reverse, to the shape of the stored scales.</param>
internal sealed record QuantizedLayout(
    long Rows, long Columns, int BlockedAxis, long[] ReducedAxes, Func<Tensor, Tensor>? ToWeight = null,
    Func<Tensor, long[], Tensor>? FromWeight = null);
