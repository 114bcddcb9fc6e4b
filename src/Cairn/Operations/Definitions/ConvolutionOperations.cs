using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Convolutions and pooling with kernels that are tensors or constants of the graph.</summary>
internal static class ConvolutionOperations
{
    private const string Settings = "strides=1, padding='valid', data_format=None, dilation_rate=1";

    public static IEnumerable<OperationDefinition> All { get; } =
    [
        new("nn", "Conv", Settings, "inputs, kernel", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource kernel = a.Tensor("kernel");
            var window = new WindowSettings(a);
            return t => [window.Convolve(x.Of(t), kernel.Of(t))];
        }),
        new("nn", "DepthwiseConv", Settings, "inputs, kernel", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource kernel = a.Tensor("kernel");
            var window = new WindowSettings(a);
            return t => [window.Convolve(x.Of(t), Depthwise(kernel.Of(t)))];
        }),
        new("nn", "SeparableConv", Settings, "inputs, depthwise_kernel, pointwise_kernel", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource depthwise = a.Tensor("depthwise_kernel");
            OperationSource pointwise = a.Tensor("pointwise_kernel");
            var window = new WindowSettings(a);
            return t => [window.Plain().Convolve(window.Convolve(x.Of(t), Depthwise(depthwise.Of(t))), pointwise.Of(t))];
        }),
        new("nn", "ConvTranspose", "strides=1, padding='valid', output_padding=None, data_format=None, dilation_rate=1",
            "inputs, kernel", a =>
        {
            OperationSource x = a.Tensor("inputs");
            OperationSource kernel = a.Tensor("kernel");
            var window = new WindowSettings(a);
            return t => [window.Transposed(x.Of(t), kernel.Of(t))];
        }),
        Pool("MaxPool", (window, x) => window.MaxPool(x)),
        Pool("AveragePool", (window, x) => window.AveragePool(x)),
        Adaptive("AdaptiveMaxPool", (x, sizes) => sizes.Length switch
        {
            1 => nn.functional.adaptive_max_pool1d(x, sizes[0]),
            2 => nn.functional.adaptive_max_pool2d(x, sizes),
            _ => nn.functional.adaptive_max_pool3d(x, sizes),
        }),
        Adaptive("AdaptiveAveragePool", (x, sizes) => sizes.Length switch
        {
            1 => nn.functional.adaptive_avg_pool1d(x, sizes[0]),
            2 => nn.functional.adaptive_avg_pool2d(x, (sizes[0], sizes[1])),
            _ => nn.functional.adaptive_avg_pool3d(x, (sizes[0], sizes[1], sizes[2])),
        }),
    ];

    /// <summary>Converts a depthwise kernel, <c>[…, channels, multiplier]</c>, to a grouped one.</summary>
    private static Tensor Depthwise(Tensor kernel) => kernel.reshape([.. kernel.shape[..^2], 1, kernel.shape[^2] * kernel.shape[^1]]);

    private static OperationDefinition Pool(string className, Func<WindowSettings, Tensor, Tensor> function) =>
        new("nn", className, "pool_size, strides=None, padding='valid', data_format=None", "inputs", a =>
        {
            OperationSource x = a.Tensor("inputs");
            var window = new WindowSettings(a, "pool_size");
            return t => [function(window, x.Of(t))];
        });

    private static OperationDefinition Adaptive(string className, Func<Tensor, long[], Tensor> function) =>
        new("nn", className, "output_size, data_format=None", "inputs", a =>
        {
            OperationSource x = a.Tensor("inputs");
            long[] sizes = a.Sizes("output_size");
            bool last = WindowSettings.IsChannelsLast(a);
            return t =>
            {
                Tensor given = x.Of(t);
                int rank = (int)given.dim() - 2;
                long[] each = sizes.Length == 1 ? [.. Enumerable.Repeat(sizes[0], rank)] : sizes;
                if (each.Length != rank)
                {
                    throw new ArgumentException($"{rank} output sizes are needed; got {each.Length}");
                }

                return [WindowSettings.Swapped(function(WindowSettings.Swapped(given, last, toFirst: true), each), last, toFirst: false)];
            };
        });
}
