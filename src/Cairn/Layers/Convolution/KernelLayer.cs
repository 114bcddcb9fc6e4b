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
    private PatchLayer? patches;

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

    private protected Variable? BiasVariable { get; set; }

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

    /// <summary>Whether the layer is a convolution with one kernel and nothing added to it, channels last.</summary>
    internal virtual bool IsPlainConvolution => false;

    /// <summary>The kernel and the bias, of a convolution that has only these.</summary>
    internal virtual (Variable Kernel, Variable? Bias) Plain => throw new NotSupportedException();

    internal ActivationFunction Function => activation;

    internal string ActivationName => activation.Name;

    private protected bool Rectifies => activation.Is("relu");

    /// <summary>The function for samples of a shape by <see cref="PatchConvolution"/>; null if it can't compute it.</summary>
    internal virtual PatchLayer? CreatePatches(Shape x) => null;

    /// <summary>The result by <see cref="PatchConvolution"/>; null if it can't compute it.</summary>
    private protected Tensor? TryByPatches(Tensor x, Tensor kernel)
    {
        if (Window.DataFormat != DataFormat.ChannelsLast || !ConvolutionPass.Takes(x, kernel, Bias))
        {
            return null;
        }

        long[] shape = x.shape;
        PatchLayer? found = patches;
        if (found?.IsFor(shape) != true)
        {
            patches = found = shape[0] == 0 ? null : CreatePatches(shape);
        }

        if (found is null)
        {
            return null;
        }

        Tensor y = ConvolutionPass.Run(found, x, kernel, Bias);
        return found.Rectifies ? y : activation.Overwrites ? activation.Overwrite(y) : activation.Apply(y);
    }

    /// <summary>What <see cref="PatchLayer"/> computes, from libtorch's result: other activation functions follow it.</summary>
    private protected Tensor Rectified(Tensor y) =>
        SpatialAxes.FromChannelsFirst(Rectifies ? y.relu() : y, Window.DataFormat);

    private protected Tensor ToChannelsFirst(Tensor x) => SpatialAxes.ToChannelsFirst(x, Window.DataFormat);

    private protected Tensor Activated(Tensor y) => activation.Overwrites
        ? SpatialAxes.FromChannelsFirst(activation.Overwrite(y), Window.DataFormat)
        : activation.Apply(SpatialAxes.FromChannelsFirst(y, Window.DataFormat));
}
