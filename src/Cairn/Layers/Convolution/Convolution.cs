using System.ComponentModel;
using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of <see cref="Conv1D"/>, <see cref="Conv2D"/> and <see cref="Conv3D"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class Convolution : KernelLayer
{
    private readonly int groups;
    private Variable? kernel;

    private protected Convolution(int filters, int groups, KernelSettings settings)
        : base(settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (filters % groups != 0)
        {
            throw new ArgumentException($"filters must be a multiple of groups; got filters: {filters}, groups: {groups}.",
                nameof(filters));
        }

        settings.Window.RefuseStridedDilation();
        Filters = filters;
        this.groups = groups;
    }

    /// <summary>Channels of the output.</summary>
    public int Filters { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => Convolved(inputShape, _ => Filters);

    /// <summary>The rank of the layer's LoRA, or null.</summary>
    public int? LoraRank => LoraSettings?.Rank;

    /// <summary>The scale of the layer's LoRA, or null: the product of its factors is multiplied by <c>alpha / rank</c>.</summary>
    public double? LoraAlpha => LoraSettings?.Alpha;

    /// <summary>
    /// Adds a low-rank adaptation (LoRA): instead of the kernel, two small matrices are trained, whose product is added to the kernel.
    /// Keras: <c>enable_lora</c>.
    /// </summary>
    /// <remarks>
    /// Call it before <c>Compile</c>. Unlike Keras, it can also be called before the layer is built. Saving as <c>.keras</c> or
    /// <c>.weights.h5</c> merges the product into the kernel, as Keras does; after loading, the adaptation starts again at zero.
    /// </remarks>
    /// <param name="rank">The number of columns of the first and rows of the second matrix, 1 or more.</param>
    /// <param name="loraAlpha">The product is multiplied by <c>loraAlpha / rank</c>; the rank by default.</param>
    /// <param name="aInitializer">Initializer of the first matrix; <c>he_uniform</c> by default.</param>
    /// <param name="bInitializer">
    /// Initializer of the second matrix; <c>zeros</c> by default, so that the output does not change at first.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is below 1.</exception>
    /// <exception cref="InvalidOperationException">The layer has LoRA already, or a constraint on the kernel.</exception>
    public void EnableLora(
        int rank, double? loraAlpha = null, Initializer? aInitializer = null, Initializer? bInitializer = null) =>
        AddLora(kernel, new LoraSettings(rank, loraAlpha, aInitializer, bInitializer));

    /// <summary>Applies the LoRA settings of a configuration to the layer.</summary>
    private protected static T Adapted<T>(T layer, ConfigReader config)
        where T : Convolution
    {
        layer.TakeLora(config);
        return layer;
    }

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        long channels = ChannelsOf(inputShape);
        if (channels % groups != 0)
        {
            throw UnfitInput(inputShape, $"{SpatialAxes.Noun(Window.Rank)} with a number of channels that is a multiple of "
                + $"its {groups} groups");
        }

        kernel = AddKernel("kernel", [.. Window.Size, channels / groups, Filters]);
        AddBias(Filters);
        AddWantedLora(kernel);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor weight = Lora?.Merged() ?? kernel!.Value;
        return TryByPatches(x, weight) ?? Activated(Window.Convolve(ToChannelsFirst(x), weight, Bias, groups));
    }

    internal override bool IsPlainConvolution =>
        groups == 1 && Window.DataFormat == DataFormat.ChannelsLast && Lora is null && kernel is not null && ConvolutionPass.IsOn;

    internal override (Variable Kernel, Variable? Bias) Plain => (kernel!, BiasVariable);

    internal override PatchLayer? CreatePatches(Shape x)
    {
        long[] input = SpatialAxes.Sizes(x, Window.DataFormat), output = Window.OutputSizes(x);
        return groups > 1 || !ConvolutionSizes.Fit(input, output, x[^1], Filters, Window) ? null
            : new PatchLayer(
                new ConvolutionSizes(input, output, Window, [.. Window.Borders(input).Select(border => border.Before)], x[^1], Filters),
                isTransposed: false, [.. input, x[^1]], [.. output, Filters], Rectifies,
                (samples, weight, bias) => Rectified(Window.Convolve(ToChannelsFirst(samples), weight, bias, groups)));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filters"] = Filters;
        Window.WriteKernel(config);
        config["groups"] = groups;
        Settings.WriteRest(config);
        WriteLora(config);
    }
}
