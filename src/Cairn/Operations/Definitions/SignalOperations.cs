using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Operations.Definitions;

/// <summary>Fourier transforms and complex numbers; Keras represents real and imaginary parts as two tensors.</summary>
internal static class SignalOperations
{
    public static IEnumerable<OperationDefinition> All { get; } =
    [
        OfComplex("FFT", z => fft.fft_(z)),
        OfComplex("FFT2", z => fft.fft2(z, dim: [-2, -1])),
        OfComplex("IFFT2", z => fft.ifft2(z, dim: [-2, -1])),
        new("math", "RFFT", "fft_length=None", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long length = a.OptionalLong("fft_length") ?? -1;
            return t => Parts(fft.rfft(ElementTypes.Floating(x.Of(t)), length));
        }),
        new("math", "IRFFT", "fft_length=None", "x", a =>
        {
            OperationSource[] x = Pair(a);
            long length = a.OptionalLong("fft_length") ?? -1;
            return t => [fft.irfft(complex(x[0].Of(t), x[1].Of(t)), length)];
        }),
        new("math", "STFT", "sequence_length, sequence_stride, fft_length, window='hann', center=True", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            var frames = new FrameSettings(a);
            return t => frames.Transform(x.Of(t));
        }),
        new("math", "ISTFT", "sequence_length, sequence_stride, fft_length, length=None, window='hann', center=True", "x", a =>
        {
            OperationSource[] x = Pair(a);
            var frames = new FrameSettings(a);
            long? length = a.OptionalLong("length");
            return t => [frames.Invert(complex(x[0].Of(t), x[1].Of(t)), length)];
        }),
        new("math", "ExtractSequences", "sequence_length, sequence_stride", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            long length = a.Long("sequence_length");
            long stride = a.Long("sequence_stride");
            return t => [x.Of(t).unfold(-1, length, stride).clone()];
        }),
        new("math", "ViewAsComplex", "", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            return t => [x.Of(t).contiguous().view_as_complex()];
        }),
        new("math", "ViewAsReal", "", "x", a =>
        {
            OperationSource x = a.Tensor("x");
            return t => [x.Of(t).view_as_real()];
        }),
        new("nn", "Polar", "", "abs_, angle", a =>
        {
            OperationSource length = a.Tensor("abs_");
            OperationSource angle = a.Tensor("angle");
            return t => [polar(length.Of(t), angle.Of(t))];
        }),
    ];

    private static OperationDefinition OfComplex(string className, Func<Tensor, Tensor> function) => new("math", className, "", "x", a =>
    {
        OperationSource[] x = Pair(a);
        return t => Parts(function(complex(x[0].Of(t), x[1].Of(t))));
    });

    private static OperationSource[] Pair(OperationArguments a) =>
        a.Tensors("x") is { Length: 2 } pair ? pair : throw a.Wrong("x", "the real and the imaginary part as two tensors");

    private static Tensor[] Parts(Tensor z) => [z.real, z.imag];

    /// <summary>The frames of a signal: length, stride and window.</summary>
    private sealed class FrameSettings
    {
        private readonly long length;
        private readonly long stride;
        private readonly long size;
        private readonly string? window;
        private readonly bool center;

        public FrameSettings(OperationArguments a)
        {
            length = a.Long("sequence_length");
            stride = a.Long("sequence_stride");
            size = a.Long("fft_length");
            window = a.OptionalString("window");
            center = a.Bool("center");
            if (window is not (null or "hann" or "hamming"))
            {
                throw a.Wrong("window", "'hann', 'hamming' or None");
            }

            if (length < 1 || stride < 1 || size < length || size > 1 << 24)
            {
                throw a.Wrong("fft_length", "a number that is at least sequence_length");
            }
        }

        public Tensor[] Transform(Tensor x)
        {
            long[] batch = x.shape[..^1];
            Tensor flat = x.reshape(-1, x.shape[^1]);
            Tensor z = stft(flat, size, stride, length, Window(x), center, return_complex: true);
            z = z.reshape([.. batch, z.shape[^2], z.shape[^1]]).transpose(-2, -1);
            return Parts(z);
        }

        public Tensor Invert(Tensor z, long? samples)
        {
            Tensor frames = fft.irfft(z, size);
            long[] batch = frames.shape[..^2];
            long count = frames.shape[^2];
            long total = size + (stride * (count - 1));
            Tensor faded = Widened(Window(frames));
            Tensor flat = (frames * faded).reshape(-1, count, size);
            Tensor sum = Overlapped(flat, total);

            // Divides by the sum of the squared windows where it is not zero.
            Tensor weight = Overlapped(faded.Squared().expand(1, count, size), total);
            sum = where(weight.abs().gt(Held(1e-11)), sum / weight, sum);
            long start = center ? size / 2 : 0;
            long end = samples is { } wanted ? Math.Min(total, start + wanted) : center ? total - (size / 2) : total;
            Tensor cut = sum.narrow(1, start, end - start);
            cut = samples is { } full && cut.shape[1] < full ? nn.functional.pad(cut, [0, full - cut.shape[1]]) : cut;
            return cut.reshape([.. batch, cut.shape[1]]);
        }

        private Tensor Overlapped(Tensor frames, long total)
        {
            // Overlap-add of the frames, as the gradient of extracting them.
            long count = frames.shape[1];
            Tensor places = (arange(Held(0), Held(count), Held(1), ScalarType.Int64).unsqueeze(1) * Held(stride))
                .Plus(arange(Held(0), Held(size), Held(1), ScalarType.Int64).unsqueeze(0));
            Tensor sum = zeros([frames.shape[0], total], frames.dtype, frames.device);
            return sum.index_add(1, places.reshape(-1).to(frames.device_type == DeviceType.META ? CPU : frames.device),
                frames.reshape(frames.shape[0], -1), Held(1));
        }

        private Tensor Widened(Tensor faded)
        {
            long left = (size - length) / 2;
            return nn.functional.pad(faded, [left, size - length - left]);
        }

        private Tensor Window(Tensor x)
        {
            Tensor made = window switch
            {
                "hann" => hann_window(length, periodic: true, x.dtype),
                "hamming" => hamming_window(length, periodic: true, dtype: x.dtype),
                _ => ones(length, x.dtype),
            };
            return x.device_type == DeviceType.META ? made : made.to(x.device);
        }
    }
}
