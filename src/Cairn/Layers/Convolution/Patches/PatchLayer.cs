using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>A convolution or transposed convolution of samples of one shape by <see cref="PatchConvolution"/>.</summary>
/// <param name="sizes">Its sizes; those of the convolution that it is the transpose of.</param>
/// <param name="isTransposed">Whether it is a transposed convolution.</param>
/// <param name="sample">The shape of a sample.</param>
/// <param name="output">The shape of its result.</param>
/// <param name="rectifies">Whether the result is that of <c>relu</c>.</param>
/// <param name="ordinary">The same function in libtorch's operations.</param>
internal sealed unsafe class PatchLayer(
    ConvolutionSizes sizes, bool isTransposed, long[] sample, long[] output, bool rectifies, Func<Tensor, Tensor, Tensor?, Tensor> ordinary)
{
    public ConvolutionSizes Sizes => sizes;

    /// <summary>Positions of a sample's result.</summary>
    public long OutputPositions => output[..^1].Aggregate(1L, (a, b) => a * b);

    public int OutputChannels => (int)output[^1];

    /// <summary>Whether the gradients need the result.</summary>
    public bool Rectifies => rectifies;

    /// <summary>Whether it is for samples of this shape, the batch included.</summary>
    public bool IsFor(ReadOnlySpan<long> shape) => shape[1..].SequenceEqual(sample);

    /// <summary>The same function in libtorch's operations, recorded for autograd.</summary>
    public Tensor Ordinary(Tensor x, Tensor kernel, Tensor? bias) => ordinary(x, kernel, bias);

    /// <summary>The result.</summary>
    public Tensor Compute(Tensor x, Tensor kernel, Tensor? bias)
    {
        long samples = x.shape[0];
        Tensor y = empty([samples, .. output]);
        Compute(Address(x), samples, Address(kernel), bias is null ? null : Address(bias), Address(y), inThreads: true);
        Keep(x, kernel, bias);
        return y;
    }

    /// <summary>The result, in memory.</summary>
    /// <param name="x">The samples.</param>
    /// <param name="samples">Their number.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="bias">The bias, or null.</param>
    /// <param name="y">The result.</param>
    /// <param name="inThreads">Whether to use several threads if there is enough work.</param>
    public void Compute(float* x, long samples, float* kernel, float* bias, float* y, bool inThreads)
    {
        if (isTransposed)
        {
            PatchConvolution.OfInput(sizes, x, samples, kernel, bias, y, rectifies, inThreads);
        }
        else
        {
            PatchConvolution.Forward(sizes, x, samples, kernel, bias, y, rectifies, inThreads);
        }
    }

    /// <summary>The gradients of input, kernel and bias.</summary>
    /// <param name="x">The input.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="y">The result, if it is rectified.</param>
    /// <param name="slopes">The gradient of the result.</param>
    /// <param name="needed">Which gradients are needed; the others are null.</param>
    public Tensor?[] Gradients(Tensor x, Tensor kernel, Tensor? y, Tensor slopes, bool[] needed)
    {
        long samples = x.shape[0], filters = output[^1];
        var found = new Tensor?[3];
        found[2] = needed[2] ? empty(filters) : null;
        if (rectifies || needed[2])
        {
            Tensor passed = rectifies ? empty(slopes.shape) : slopes;
            Rectification.Differentiate(
                Address(slopes), y is null ? null : Address(y), slopes.NumberOfElements / filters, (int)filters, Address(passed),
                found[2] is { } ofBias ? Address(ofBias) : null);
            GC.KeepAlive(slopes);
            slopes = passed;
        }

        if (needed[0])
        {
            found[0] = empty(x.shape);
            InputGradient(Address(slopes), samples, Address(kernel), Address(found[0]!));
        }

        if (needed[1])
        {
            found[1] = empty(kernel.shape);
            KernelGradient(Address(x), samples, Address(slopes), Address(found[1]!));
        }

        Keep(x, kernel, slopes);
        GC.KeepAlive(y);
        return found;
    }

    /// <summary>The gradient of the input.</summary>
    /// <param name="slopes">The gradient of the result before it is rectified.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="gradient">The gradient.</param>
    public void InputGradient(float* slopes, long samples, float* kernel, float* gradient)
    {
        if (isTransposed)
        {
            PatchConvolution.Forward(sizes, slopes, samples, kernel, null, gradient, rectifies: false);
        }
        else
        {
            PatchConvolution.OfInput(sizes, slopes, samples, kernel, null, gradient, rectifies: false);
        }
    }

    /// <summary>The gradient of the kernel.</summary>
    /// <param name="x">The input.</param>
    /// <param name="samples">Number of samples.</param>
    /// <param name="slopes">The gradient of the result before it is rectified.</param>
    /// <param name="gradient">The gradient.</param>
    public void KernelGradient(float* x, long samples, float* slopes, float* gradient)
    {
        PatchKernelGradient.Compute(sizes, isTransposed ? slopes : x, samples, isTransposed ? x : slopes, gradient);
    }

    private static float* Address(Tensor tensor) => (float*)TensorMemory.PointerTo(tensor);

    private static void Keep(Tensor x, Tensor kernel, Tensor? other)
    {
        GC.KeepAlive(x);
        GC.KeepAlive(kernel);
        GC.KeepAlive(other);
    }
}
