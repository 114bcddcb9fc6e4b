using Cairn.Initializers;
using Cairn.Layers;

namespace Cairn;

// Layers with the settings that the network families share.
public static partial class Applications
{
    private const string Same = "same";
    private const string Valid = "valid";

    private static KerasTensor Conv(
        KerasTensor x, int filters, Size2D kernel, int strides = 1, string padding = Valid, bool bias = true, string? activation = null,
        Initializer? initializer = null, string? name = null) =>
        new Conv2D(
            filters, kernel, strides, padding, activation: ImageModel.Function(activation), useBias: bias, kernelInitializer: initializer,
            name: name).Apply(x);

    private static KerasTensor Depthwise(
        KerasTensor x, int kernel, int strides, string padding, int multiplier = 1, Initializer? initializer = null, string? name = null) =>
        new DepthwiseConv2D(kernel, strides, padding, multiplier, useBias: false, depthwiseInitializer: initializer, name: name).Apply(x);

    private static KerasTensor Separable(KerasTensor x, int filters, int kernel, string name, int strides = 1, string padding = Same) =>
        new SeparableConv2D(filters, kernel, strides, padding, useBias: false, name: name).Apply(x);

    private static KerasTensor Norm(
        KerasTensor x, string? name, double epsilon = 0.001, double momentum = 0.99, int axis = -1, bool scale = true) =>
        new BatchNormalization(axis, momentum, epsilon, scale: scale, name: name).Apply(x);

    private static KerasTensor Activate(KerasTensor x, string activation = "relu", string? name = null) =>
        new Activation(activation, name).Apply(x);

    private static KerasTensor Pad(KerasTensor x, Margins2D padding, string? name = null) =>
        new ZeroPadding2D(padding, name: name).Apply(x);

    private static KerasTensor MaxPool(KerasTensor x, int size, int strides, string? name = null, string padding = Valid) =>
        new MaxPooling2D(size, strides, padding, name: name).Apply(x);

    private static KerasTensor AveragePool(KerasTensor x, int size, int strides, string? name = null, string padding = Valid) =>
        new AveragePooling2D(size, strides, padding, name: name).Apply(x);

    private static KerasTensor Sum(KerasTensor first, KerasTensor second, string? name = null) => new Add(name).Apply(first, second);

    private static KerasTensor Join(string? name, int axis, params KerasTensor[] parts) => new Concatenate(axis, name).Apply(parts);

    private static int Channels(KerasTensor x) => (int)x.Shape[^1];

    // Keras: imagenet_utils.correct_pad, the zero padding with which a stride-2 convolution gives the result of TensorFlow's "same".
    private static Margins2D CorrectPad(KerasTensor x, int kernel)
    {
        bool open = x.Shape[1] == Shape.None;
        int correct = kernel / 2;
        return ((correct - Adjust(x.Shape[1]), correct), (correct - Adjust(x.Shape[2]), correct));

        int Adjust(long size) => open ? 1 : (int)(1 - (size % 2));
    }

    // Keras: _make_divisible and _depth: the nearest multiple of 8 that is at least nine tenths of the value.
    private static int Divisible(double filters)
    {
        int nearest = Math.Max(8, (int)(filters + 4) / 8 * 8);
        return nearest < 0.9 * filters ? nearest + 8 : nearest;
    }
}
