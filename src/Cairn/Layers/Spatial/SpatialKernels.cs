using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// libtorch's convolutions and pooling over one, two or three axes of samples in its order, given only what they can take.
/// </summary>
/// <remarks>Some of libtorch's kernels trust their tensors: with strides that they were not written for they throw, or write beside their
/// memory.</remarks>
internal static class SpatialKernels
{
    /// <summary>A convolution.</summary>
    /// <param name="x">Samples, <c>[batch, channels, …]</c>.</param>
    /// <param name="kernel">The kernel, <c>[filters, channels of a group, window]</c>.</param>
    /// <param name="bias">What is added to each channel, or null.</param>
    /// <param name="strides">Steps of the window.</param>
    /// <param name="padding">Zeros on either side of each axis.</param>
    /// <param name="dilation">Distances between the elements of the window.</param>
    /// <param name="groups">Groups of channels.</param>
    public static Tensor Convolve(Tensor x, Tensor kernel, Tensor? bias, long[] strides, long[] padding, long[] dilation, long groups)
    {
        // The gradient of oneDNN's strided convolution with a kernel of one element writes beside its memory for channels-last images on
        // processors with AVX-512. So the positions that such a kernel reaches are taken out before, and it moves by 1.
        long[] steps = [.. strides];
        for (int i = 0; i < steps.Length; i++)
        {
            if (kernel.shape[i + 2] == 1 && steps[i] > 1 && padding[i] == 0)
            {
                x = x.slice(i + 2, 0, x.shape[i + 2], steps[i]);
                steps[i] = 1;
            }
        }

        // Without oneDNN, as for a batch of one sample, libtorch has a gradient of the kernel that only takes memory in one piece in its
        // own order.
        kernel = x.shape[0] == 1 || kernel.shape[0] == 1 ? kernel.contiguous() : kernel;
        return steps.Length switch
        {
            1 => nn.functional.conv1d(x, kernel, bias, steps[0], padding[0], dilation[0], groups),
            2 => nn.functional.conv2d(x, kernel, bias, steps, padding, dilation, groups),
            _ => nn.functional.conv3d(x, kernel, bias, steps, padding, dilation, groups),
        };
    }

    /// <summary>A transposed convolution, whole: nothing is cut off.</summary>
    /// <param name="x">Samples, <c>[batch, channels, …]</c>.</param>
    /// <param name="kernel">The kernel, <c>[channels, filters, window]</c>.</param>
    /// <param name="strides">Steps of the window.</param>
    /// <param name="dilation">Distances between the elements of the window.</param>
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

    /// <summary>The maxima of windows without padding.</summary>
    public static Tensor MaxPool(Tensor x, long[] window, long[] strides) => window.Length switch
    {
        1 => nn.functional.max_pool1d(x, window[0], strides[0]),
        2 => nn.functional.max_pool2d(x, window, strides),
        _ => nn.functional.max_pool3d(x, window, strides),
    };

    /// <summary>The means of windows without padding.</summary>
    public static Tensor AveragePool(Tensor x, long[] window, long[] strides) => window.Length switch
    {
        1 => nn.functional.avg_pool1d(x, window[0], strides[0]),
        2 => nn.functional.avg_pool2d(x, window, strides),
        _ => nn.functional.avg_pool3d(x, window, strides),
    };
}
