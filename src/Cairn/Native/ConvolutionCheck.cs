using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>Checks that oneDNN, with which libtorch computes convolutions, gives correct results on this processor.</summary>
/// <remarks>
/// On some processors (seen on a virtual AMD EPYC of family 26), oneDNN copies the weights of grouped and one-dimensional convolutions
/// incorrectly, so that PyTorch and TorchSharp train on wrong numbers without an error. Three small integer convolutions, whose results are
/// exact in float32, detect this. If they differ, this process uses libtorch's own kernels, which are correct but slower.
/// </remarks>
internal static unsafe class ConvolutionCheck
{
    /// <summary>Whether the check found wrong results and disabled oneDNN.</summary>
    public static bool IsOneDnnOff { get; private set; }

    /// <summary>Runs the check, and disables oneDNN if its results are wrong.</summary>
    /// <param name="library">Handle of <c>libtorch_cpu</c>; 0 if it is not known.</param>
    public static void Run(nint library)
    {
        // The mangled names are those of the Itanium ABI (Linux, macOS). TorchSharp can't disable oneDNN.
        if (library == 0
            || !NativeLibrary.TryGetExport(library, "_ZN2at13globalContextEv", out nint context)
            || !NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledMkldnnEb", out nint enableOneDnn)
            || IsRight())
        {
            return;
        }

        nint settings = ((delegate* unmanaged<nint>)context)();
        ((delegate* unmanaged<nint, byte, void>)enableOneDnn)(settings, 0);
        if (NativeLibrary.TryGetExport(library, "_ZN2at7Context20setUserEnabledNNPACKEb", out nint enableNnpack))
        {
            // libtorch tries NNPACK next, which prints a warning for each call on hardware that it doesn't support.
            ((delegate* unmanaged<nint, byte, void>)enableNnpack)(settings, 0);
        }
        IsOneDnnOff = true;
    }

    private static bool IsRight()
    {
        using IDisposable noGradients = no_grad();
        using DisposeScope scope = NewDisposeScope();
        return IsGroupedRight() && IsLineRight(channels: 2, filters: 3, dilation: 2) && IsLineRight(channels: 3, filters: 4, dilation: 1);
    }

    /// <summary>Two groups with one channel and two filters each, on a channels-last image.</summary>
    private static bool IsGroupedRight()
    {
        const int Size = 5, Kernel = 3, Result = Size - Kernel + 1;
        float[] x = Numbers(2 * Size * Size), w = Numbers(4 * Kernel * Kernel);
        Tensor y = nn.functional.conv2d(
            tensor(x, [1, Size, Size, 2]).permute(0, 3, 1, 2), tensor(w, [4, 1, Kernel, Kernel]), groups: 2).contiguous();
        float[] expected = new float[4 * Result * Result];
        for (int at = 0; at < expected.Length; at++)
        {
            (int filter, int row, int column) = (at / (Result * Result), at / Result % Result, at % Result);
            for (int tap = 0; tap < Kernel * Kernel; tap++)
            {
                int pixel = ((row + (tap / Kernel)) * Size) + column + (tap % Kernel);
                expected[at] += x[(pixel * 2) + (filter / 2)] * w[(filter * Kernel * Kernel) + tap];
            }
        }
        return y.data<float>().ToArray().AsSpan().SequenceEqual(expected);
    }

    /// <summary>A one-dimensional convolution, channels last.</summary>
    private static bool IsLineRight(int channels, int filters, int dilation)
    {
        const int Size = 9, Kernel = 3;
        int result = Size - ((Kernel - 1) * dilation);
        float[] x = Numbers(Size * channels), w = Numbers(filters * channels * Kernel);
        Tensor y = nn.functional.conv1d(
            tensor(x, [1, Size, channels]).permute(0, 2, 1), tensor(w, [filters, channels, Kernel]), dilation: dilation).contiguous();
        float[] expected = new float[filters * result];
        for (int at = 0; at < expected.Length; at++)
        {
            (int filter, int place) = (at / result, at % result);
            for (int tap = 0; tap < Kernel * channels; tap++)
            {
                (int channel, int step) = (tap / Kernel, tap % Kernel);
                expected[at] += x[((place + (step * dilation)) * channels) + channel] * w[(filter * channels * Kernel) + tap];
            }
        }
        return y.data<float>().ToArray().AsSpan().SequenceEqual(expected);
    }

    /// <summary>Small integers with a period of eleven values, so that an incorrect copy changes the result.</summary>
    private static float[] Numbers(int count) => [.. Enumerable.Range(1, count).Select(i => (float)((i * i * 7 % 11) - 5))];
}
