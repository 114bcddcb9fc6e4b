using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// libtorch's convolutions and pooling over one, two or three axes, channels first, called only with arguments that they support.
/// </summary>
/// <remarks>Some of libtorch's kernels do not check their tensors: with unsupported strides, they throw or write out of bounds.</remarks>
internal static class SpatialKernels
{
    /// <summary>A convolution.</summary>
    /// <param name="x">Samples, <c>[batch, channels, …]</c>.</param>
    /// <param name="kernel">The kernel, <c>[filters, channels of a group, window]</c>.</param>
    /// <param name="bias">The bias of each channel, or null.</param>
    /// <param name="strides">Strides of the window.</param>
    /// <param name="padding">Number of zeros on either side of each axis.</param>
    /// <param name="dilation">Dilation of the window.</param>
    /// <param name="groups">Number of groups.</param>
    public static Tensor Convolve(Tensor x, Tensor kernel, Tensor? bias, long[] strides, long[] padding, long[] dilation, long groups)
    {
        // The gradient of oneDNN's strided convolution with a 1 × 1 kernel writes out of bounds for channels-last images on processors with
        // AVX-512. Therefore the positions that such a kernel reaches are selected first, and its strides are 1.
        long[] steps = [.. strides];
        for (int i = 0; i < steps.Length; i++)
        {
            if (kernel.shape[i + 2] == 1 && steps[i] > 1 && padding[i] == 0)
            {
                x = x.slice(i + 2, 0, x.shape[i + 2], steps[i]);
                steps[i] = 1;
            }
        }

        // Without oneDNN, as for a batch of one sample, libtorch's gradient of the kernel requires contiguous memory.
        kernel = x.shape[0] == 1 || kernel.shape[0] == 1 ? kernel.contiguous() : kernel;
        return steps.Length switch
        {
            1 => nn.functional.conv1d(x, kernel, bias, steps[0], padding[0], dilation[0], groups),
            2 => nn.functional.conv2d(x, kernel, bias, steps, padding, dilation, groups),
            _ => nn.functional.conv3d(x, kernel, bias, steps, padding, dilation, groups),
        };
    }

    /// <summary>A transposed convolution without cropping.</summary>
    /// <param name="x">Samples, <c>[batch, channels, …]</c>.</param>
    /// <param name="kernel">The kernel, <c>[channels, filters, window]</c>.</param>
    /// <param name="strides">Strides of the window.</param>
    /// <param name="dilation">Dilation of the window.</param>
    public static Tensor Transpose(Tensor x, Tensor kernel, long[] strides, long[] dilation)
    {
        // As above.
        kernel = kernel.contiguous();
        return strides.Length switch
        {
            1 => nn.functional.conv_transpose1d(x, kernel, stride: strides[0], dilation: dilation[0]),
            2 => nn.functional.conv_transpose2d(x, kernel, strides: strides, dilation: dilation),
            _ => nn.functional.conv_transpose3d(x, kernel, strides: strides, dilation: dilation),
        };
    }

    /// <summary>Max pooling without padding.</summary>
    public static Tensor MaxPool(Tensor x, long[] window, long[] strides) => window.Length switch
    {
        1 => nn.functional.max_pool1d(x, window[0], strides[0]),
        2 => nn.functional.max_pool2d(x, window, strides),
        _ => nn.functional.max_pool3d(x, window, strides),
    };

    /// <summary>Average pooling without padding.</summary>
    public static Tensor AveragePool(Tensor x, long[] window, long[] strides) => window.Length switch
    {
        1 => nn.functional.avg_pool1d(x, window[0], strides[0]),
        2 => nn.functional.avg_pool2d(x, window, strides),
        _ => nn.functional.avg_pool3d(x, window, strides),
    };
}
