using System.ComponentModel;
using System.Text.Json.Nodes;
using TorchSharp;
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
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) =>
        Activated(Window.Convolve(ToChannelsFirst(x), kernel!.Value, Bias, groups));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["filters"] = Filters;
        Window.WriteKernel(config);
        config["groups"] = groups;
        Settings.WriteRest(config);
    }
}
