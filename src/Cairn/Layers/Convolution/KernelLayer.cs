using System.ComponentModel;
using Cairn.Activations;
using Cairn.Initializers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Base class of all convolutions: a window, a bias and an activation.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class KernelLayer : Layer
{
    private readonly ActivationFunction activation;

    private protected KernelLayer(KernelSettings settings)
        : base(settings.Name)
    {
        Settings = settings;
        activation = settings.Activation ?? ActivationFunction.Linear;
        ActivityRegularizer = settings.ActivityRegularizer;
    }

    /// <summary>Whether the layer has a bias.</summary>
    public bool UseBias => Settings.UseBias;

    private protected KernelSettings Settings { get; }

    private protected Window Window => Settings.Window;

    private protected Tensor? Bias => BiasVariable?.Value;

    private Variable? BiasVariable { get; set; }

    private protected override bool CanTakeAgain(Shape earlier, Shape now) =>
        now.Rank == earlier.Rank && SpatialAxes.Channels(earlier, Window.DataFormat) == SpatialAxes.Channels(now, Window.DataFormat);

    private protected long ChannelsOf(Shape inputShape)
    {
        if (inputShape.Rank != Window.Rank + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(Window.Rank));
        }

        long channels = SpatialAxes.Channels(inputShape, Window.DataFormat);
        return channels != Shape.None ? channels
            : throw UnfitInput(inputShape, $"{SpatialAxes.Noun(Window.Rank)} with a known number of channels");
    }

    private protected Shape Convolved(Shape inputShape, Func<long, long> filters)
    {
        if (inputShape.Rank != Window.Rank + 2)
        {
            throw UnfitInput(inputShape, SpatialAxes.Expected(Window.Rank));
        }

        long[] sizes = Window.OutputSizes(inputShape);
        if (sizes.Any(size => size is not Shape.None and < 1))
        {
            throw UnfitInput(
                inputShape,
                $"{SpatialAxes.Noun(Window.Rank)} no smaller than its window {SpatialAxes.Text(Window.Size)} with "
                    + $"dilation {SpatialAxes.Text(Window.Dilation)}");
        }

        return SpatialAxes.Write(inputShape[0], sizes, filters(SpatialAxes.Channels(inputShape, Window.DataFormat)), Window.DataFormat);
    }

    private protected Variable AddKernel(string name, Shape shape) =>
        AddWeight(
            name,
            shape,
            Settings.KernelInitializer ?? Initializer.GlorotUniform,
            regularizer: Settings.KernelRegularizer,
            constraint: Settings.KernelConstraint);

    private protected void AddBias(long filters)
    {
        if (!UseBias)
        {
            return;
        }

        BiasVariable = AddWeight(
            "bias", [filters], Settings.BiasInitializer ?? Initializer.Zeros, regularizer: Settings.BiasRegularizer,
            constraint: Settings.BiasConstraint);
    }

    private protected Tensor ToChannelsFirst(Tensor x) => SpatialAxes.ToChannelsFirst(x, Window.DataFormat);

    private protected Tensor Activated(Tensor y) => activation.Overwrites
        ? SpatialAxes.FromChannelsFirst(activation.Overwrite(y), Window.DataFormat)
        : activation.Apply(SpatialAxes.FromChannelsFirst(y, Window.DataFormat));
}
