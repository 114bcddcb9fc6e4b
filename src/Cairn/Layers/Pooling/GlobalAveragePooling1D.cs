using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The mean of each channel over all steps. Keras: <c>layers.GlobalAveragePooling1D</c>.</summary>
/// <remarks>
/// Input <c>[batch, steps, channels]</c>, output <c>[batch, channels]</c>, or <c>[batch, 1, channels]</c> with <c>keepDims</c>. Masked
/// steps are excluded; a sample in which every step is masked yields NaN, as in Keras.
/// </remarks>
/// <param name="dataFormat">Position of the channels axis; last by default.</param>
/// <param name="keepDims">Whether to keep the pooled axes with size 1; false by default.</param>
/// <param name="name">Unique name, or null for <c>global_average_pooling1d</c>, …</param>
public sealed class GlobalAveragePooling1D(DataFormat dataFormat = DataFormat.ChannelsLast, bool keepDims = false, string? name = null)
    : GlobalPooling(1, dataFormat, keepDims, name)
{
    /// <inheritdoc/>
    public override bool SupportsMasking => true;

    internal override bool TakesMask => true;

    internal override bool IsMaximum => false;

    internal static GlobalAveragePooling1D FromConfig(ConfigReader config) =>
        new(LayerRegistry.DataFormat(config), config.Bool("keepdims", false), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor? ComputeMask(Tensor x, Tensor? mask) => null;

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (context.MaskOf(x) is not { } mask)
        {
            return base.Call(x, context);
        }

        bool last = DataFormat == DataFormat.ChannelsLast;
        Tensor counts = mask.unsqueeze(last ? 2 : 1);
        long steps = last ? 1 : 2;
        return x.masked_fill(counts.logical_not(), Held(0)).sum(steps, KeepDims) / counts.to(x.dtype).sum(steps, KeepDims);
    }
}
