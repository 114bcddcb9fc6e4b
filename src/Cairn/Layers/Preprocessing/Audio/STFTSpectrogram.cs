using System.Numerics;
using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Native;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Converts audio to a spectrogram by short-time Fourier transforms, computed as convolutions. Keras: <c>layers.STFTSpectrogram</c>.
/// </summary>
/// <remarks>
/// Input <c>[batch, samples, channels]</c>, output <c>[batch, frames, channels · frequencies]</c>, with <c>expandDims</c>
/// <c>[batch, frames, frequencies, channels]</c>; there are fftLength / 2 + 1 frequencies, twice as many for <c>"stft"</c>. The weights
/// real_kernel and imag_kernel, <c>[frameLength, 1, frequencies]</c>, are trainable.
/// </remarks>
public sealed class STFTSpectrogram : Layer
{
    // Keras' epsilon, the lower bound of powers and magnitudes.
    private const double Epsilon = 1e-7;

    private static readonly string[] Modes = ["log", "magnitude", "psd", "real", "imag", "angle", "stft"];

    private readonly string mode;
    private readonly int frameLength;
    private readonly int? frameStep;
    private readonly int? fftLength;
    private readonly string? window;
    private readonly bool periodic;
    private readonly string? scaling;
    private readonly Window frames;
    private readonly bool expandDims;
    private Variable? realKernel;
    private Variable? imagKernel;

    /// <summary>Creates the layer.</summary>
    /// <param name="mode"><c>"log"</c> (default) or <c>"magnitude"</c>, <c>"psd"</c> (power), <c>"real"</c>, <c>"imag"</c>, <c>"angle"</c>
    /// or <c>"stft"</c> (real and imaginary parts).</param>
    /// <param name="frameLength">Size of a frame in samples; 256 by default.</param>
    /// <param name="frameStep">Samples between successive frames, at most <paramref name="frameLength"/>; half of it by default.</param>
    /// <param name="fftLength">Size of the transform, at least <paramref name="frameLength"/>; the next power of two by default.</param>
    /// <param name="window"><c>"hann"</c> (default) or another SciPy window name supported by <see cref="STFT"/>; null for none.</param>
    /// <param name="periodic">Whether the window is periodic; false by default.</param>
    /// <param name="scaling"><c>"density"</c> (default), <c>"spectrum"</c> or null.</param>
    /// <param name="padding"><c>"valid"</c> (default) or <c>"same"</c>.</param>
    /// <param name="expandDims">Whether frequencies and channels are separate axes; false by default.</param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <param name="name">Unique name, or null for <c>stft_spectrogram</c>, <c>stft_spectrogram_1</c>, …</param>
    /// <exception cref="ArgumentException">A string is unknown or a size is out of range.</exception>
    public STFTSpectrogram(
        string mode = "log",
        int frameLength = 256,
        int? frameStep = null,
        int? fftLength = null,
        string? window = "hann",
        bool periodic = false,
        string? scaling = "density",
        Padding padding = default,
        bool expandDims = false,
        DataFormat dataFormat = DataFormat.ChannelsLast,
        string? name = null)
        : base(name)
    {
        if (!Modes.Contains(mode))
        {
            throw new ArgumentException($"mode '{mode}' is unknown. {NearestName.Hint(mode, Modes)}", nameof(mode));
        }

        if (scaling is not (null or "density" or "spectrum"))
        {
            throw new ArgumentException($"scaling must be 'density', 'spectrum' or null; got '{scaling}'.", nameof(scaling));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(frameLength, 2);
        if (frameStep is { } step && (step < 1 || step > frameLength))
        {
            throw new ArgumentOutOfRangeException(nameof(frameStep), step, $"frameStep must be between 1 and frameLength, {frameLength}.");
        }

        if (fftLength is { } size && size < frameLength)
        {
            throw new ArgumentOutOfRangeException(nameof(fftLength), size, $"fftLength must be at least frameLength, {frameLength}.");
        }

        this.mode = mode;
        this.frameLength = frameLength;
        this.frameStep = frameStep;
        this.fftLength = fftLength;
        this.window = window;
        this.periodic = periodic;
        this.scaling = scaling;
        this.expandDims = expandDims;
        frames = new Window([frameLength], [frameStep ?? frameLength / 2], padding, dataFormat, sizeName: nameof(frameLength));
    }

    private long Frequencies => ((fftLength ?? (int)BitOperations.RoundUpToPowerOf2((uint)frameLength)) / 2) + 1;

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank != 3 || SpatialAxes.Channels(inputShape, frames.DataFormat) == Shape.None)
        {
            throw UnfitInput(inputShape, "audio of shape (batch, samples, channels) with a known number of channels");
        }

        long steps = frames.OutputSizes(inputShape)[0];
        if (steps == 0)
        {
            throw UnfitInput(inputShape, $"audio with at least {frameLength} samples");
        }

        long channels = SpatialAxes.Channels(inputShape, frames.DataFormat);
        long frequencies = mode == "stft" ? 2 * Frequencies : Frequencies;
        return (frames.DataFormat, expandDims) switch
        {
            (DataFormat.ChannelsLast, true) => [inputShape[0], steps, frequencies, channels],
            (DataFormat.ChannelsLast, false) => [inputShape[0], steps, frequencies * channels],
            (_, true) => [inputShape[0], channels, steps, frequencies],
            _ => [inputShape[0], frequencies * channels, steps],
        };
    }

    internal static STFTSpectrogram FromConfig(ConfigReader config) => new(
        config.OptionalString("mode") ?? "log",
        config.Int("frame_length", 256),
        config.Has("frame_step") ? config.Int("frame_step") : null,
        config.Has("fft_length") ? config.Int("fft_length") : null,
        config.HasKey("window") ? config.OptionalString("window") : "hann",
        config.Bool("periodic", false),
        config.HasKey("scaling") ? config.OptionalString("scaling") : "density",
        config.Choice("padding", "valid", "valid", "same"),
        config.Bool("expand_dims", false),
        LayerRegistry.DataFormat(config),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        Shape shape = [frameLength, 1, Frequencies];
        if (mode != "imag")
        {
            realKernel = AddWeight("real_kernel", shape, new STFT("real", window, scaling, periodic));
        }

        if (mode != "real")
        {
            imagKernel = AddWeight("imag_kernel", shape, new STFT("imag", window, scaling, periodic));
        }
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor? real = realKernel is null ? null : Transformed(x, realKernel.Value);
        Tensor? imag = imagKernel is null ? null : Transformed(x, imagKernel.Value);
        switch (mode)
        {
            case "real":
                return Arranged(real!);
            case "imag":
                return Arranged(imag!);
            case "angle":
                return Arranged(imag!.atan2(real!));
            case "stft":
                return Arranged(cat([real!, imag!], 2));
        }

        Tensor power = real!.Squared().Plus(imag!.Squared());
        if (mode == "psd")
        {
            // All frequencies except the first and the last also represent their mirror images.
            return Arranged(power.Plus(nn.functional.pad(power.narrow(2, 1, power.shape[2] - 2), [0, 0, 1, 1])));
        }

        Tensor magnitude = Arranged(AtLeast.Of(power, Epsilon).sqrt());
        return mode == "magnitude" ? magnitude : AtLeast.Of(magnitude, Epsilon).log();
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["mode"] = mode;
        config["frame_length"] = frameLength;
        config["frame_step"] = frameStep;
        config["fft_length"] = fftLength;
        config["window"] = window;
        config["periodic"] = periodic;
        config["scaling"] = scaling;
        config["padding"] = frames.Padding.ToString();
        config["data_format"] = frames.DataFormat.ToKeras();
        config["expand_dims"] = expandDims;
    }

    // [batch, channels, frequencies, frames]
    private Tensor Transformed(Tensor x, Tensor kernel)
    {
        Tensor sound = SpatialAxes.ToChannelsFirst(x, frames.DataFormat);
        Tensor y = frames.Convolve(sound.reshape(-1, 1, sound.shape[2]), kernel, null, groups: 1);
        return y.reshape(sound.shape[0], sound.shape[1], y.shape[1], y.shape[2]);
    }

    private Tensor Arranged(Tensor y) => (frames.DataFormat, expandDims) switch
    {
        (DataFormat.ChannelsLast, true) => y.permute(0, 3, 2, 1),
        (DataFormat.ChannelsLast, false) => y.flatten(1, 2).transpose(1, 2),
        (_, true) => y.permute(0, 1, 3, 2),
        _ => y.flatten(1, 2),
    };
}
