using System.Text.Json.Nodes;
using Cairn.Native;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Converts audio to a mel spectrogram. Keras: <c>layers.MelSpectrogram</c>.</summary>
/// <remarks>
/// Input <c>[batch, samples]</c>, output <c>[batch, numMelBins, (samples + sequenceStride + 1) / sequenceStride]</c>. With
/// <c>powerToDb</c>, values more than <c>topDb</c> below the maximum of the batch are clipped.
/// </remarks>
public sealed class MelSpectrogram : Layer
{
    private const double BreakFrequency = 700;
    private const double HighFrequencyQ = 1127;

    private readonly int fftLength;
    private readonly int sequenceStride;
    private readonly int sequenceLength;
    private readonly string? window;
    private readonly int samplingRate;
    private readonly int numMelBins;
    private readonly double minFreq;
    private readonly double maxFreq;
    private readonly bool maxFreqIsGiven;
    private readonly bool powerToDb;
    private readonly double topDb;
    private readonly double magExp;
    private readonly double minPower;
    private readonly double refPower;

    /// <summary>Creates the layer.</summary>
    /// <param name="fftLength">Size of the Fourier transform; 2048 by default.</param>
    /// <param name="sequenceStride">Samples between successive transforms; 512 by default.</param>
    /// <param name="sequenceLength">Size of the window in samples, at most <paramref name="fftLength"/>, which is the default.</param>
    /// <param name="window"><c>"hann"</c> (default) or <c>"hamming"</c>; null for none.</param>
    /// <param name="samplingRate">Samples per second; 16000 by default.</param>
    /// <param name="numMelBins">Number of mel bins; 128 by default.</param>
    /// <param name="minFreq">Lowest frequency in hertz; 20 by default.</param>
    /// <param name="maxFreq">Highest frequency in hertz; half the sampling rate by default.</param>
    /// <param name="powerToDb">Whether the output is in decibels; true by default.</param>
    /// <param name="topDb">Dynamic range in decibels below the maximum; 80 by default.</param>
    /// <param name="magExp">Exponent of the magnitudes: 2 (default) for power, 1 for magnitude.</param>
    /// <param name="minPower">Lower bound of the power before conversion to decibels; 1e-10 by default.</param>
    /// <param name="refPower">Reference power, which is 0 decibels; 1 by default.</param>
    /// <param name="name">Unique name, or null for <c>mel_spectrogram</c>, <c>mel_spectrogram_1</c>, …</param>
    /// <exception cref="ArgumentException">A size is below 1, or the window is unknown or longer than the transform.</exception>
    public MelSpectrogram(
        int fftLength = 2048,
        int sequenceStride = 512,
        int? sequenceLength = null,
        string? window = "hann",
        int samplingRate = 16000,
        int numMelBins = 128,
        double minFreq = 20,
        double? maxFreq = null,
        bool powerToDb = true,
        double topDb = 80,
        double magExp = 2,
        double minPower = 1e-10,
        double refPower = 1,
        string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fftLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequenceStride, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(samplingRate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(numMelBins, 1);
        int length = sequenceLength ?? fftLength;
        if (length < 1 || length > fftLength)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sequenceLength), length, $"sequenceLength must be between 1 and fftLength, {fftLength}.");
        }

        if (window is not (null or "hann" or "hamming"))
        {
            throw new ArgumentException($"window must be 'hann', 'hamming' or null; got '{window}'.", nameof(window));
        }

        this.fftLength = fftLength;
        this.sequenceStride = sequenceStride;
        this.sequenceLength = length;
        this.window = window;
        this.samplingRate = samplingRate;
        this.numMelBins = numMelBins;
        this.minFreq = minFreq;
        this.maxFreq = maxFreq ?? samplingRate / 2;
        maxFreqIsGiven = maxFreq is not null;
        this.powerToDb = powerToDb;
        this.topDb = topDb;
        this.magExp = magExp;
        this.minPower = minPower;
        this.refPower = refPower;
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        if (inputShape.Rank != 2)
        {
            throw UnfitInput(inputShape, "audio of shape (batch, samples)");
        }

        long samples = inputShape[1];
        return [inputShape[0], numMelBins, samples == Shape.None ? Shape.None : (samples + sequenceStride + 1) / sequenceStride];
    }

    internal override bool MixesSamples(CallContext context) => powerToDb;

    internal static MelSpectrogram FromConfig(ConfigReader config) => new(
        config.Int("fft_length", 2048),
        config.Int("sequence_stride", 512),
        config.Has("sequence_length") ? config.Int("sequence_length") : null,
        config.HasKey("window") ? config.OptionalString("window") : "hann",
        config.Int("sampling_rate", 16000),
        config.Int("num_mel_bins", 128),
        config.Double("min_freq", 20),
        config.OptionalDouble("max_freq"),
        config.Bool("power_to_db", true),
        config.Double("top_db", 80),
        config.Double("mag_exp", 2),
        config.Double("min_power", 1e-10),
        config.Double("ref_power", 1),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        Tensor sound = x.is_floating_point() ? x : x.to(ScalarType.Float32);
        Tensor shape = window switch
        {
            "hann" => hann_window(sequenceLength, periodic: true, dtype: sound.dtype, device: sound.device),
            "hamming" => hamming_window(sequenceLength, periodic: true, dtype: sound.dtype, device: sound.device),
            _ => ones(sequenceLength, sound.dtype, sound.device),
        };
        Tensor waves = stft(sound, fftLength, sequenceStride, sequenceLength, shape, center: true, return_complex: true);
        Tensor power = waves.real.Squared().Plus(waves.imag.Squared()).sqrt().pow(Held(magExp)).transpose(-1, -2);
        Tensor mel = power.MatrixProduct(MelWeights(power.shape[^1]).to(sound.dtype).to(sound.device));
        if (powerToDb)
        {
            mel = Held(10) * AtLeast.Of(mel, minPower).log10();
            mel = mel - Held(10 * Math.Log10(Math.Max(Math.Abs(refPower), minPower)));
            mel = maximum(mel, mel.max() - Held(topDb));
        }

        return mel.transpose(-1, -2);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["fft_length"] = fftLength;
        config["sequence_stride"] = sequenceStride;
        config["sequence_length"] = sequenceLength;
        config["window"] = window;
        config["sampling_rate"] = samplingRate;
        config["num_mel_bins"] = numMelBins;
        config["min_freq"] = minFreq;
        config["max_freq"] = maxFreqIsGiven && maxFreq != Math.Floor(maxFreq) ? JsonValue.Create(maxFreq) : JsonValue.Create((long)maxFreq);
        config["power_to_db"] = powerToDb;
        config["top_db"] = topDb;
        config["mag_exp"] = magExp;
        config["min_power"] = minPower;
        config["ref_power"] = refPower;
    }

    // Triangles on the mel scale, one column each; frequency 0 belongs to none.
    private Tensor MelWeights(long bins)
    {
        double least = Mel(minFreq);
        double step = (Mel(maxFreq) - least) / (numMelBins + 1);
        double[] weights = new double[bins * numMelBins];
        for (long i = 1; i < bins; i++)
        {
            double mel = Mel(samplingRate / 2.0 * i / (bins - 1));
            for (int j = 0; j < numMelBins; j++)
            {
                double rising = (mel - (least + (j * step))) / step;
                double falling = (least + ((j + 2) * step) - mel) / step;
                weights[(i * numMelBins) + j] = Math.Max(0, Math.Min(rising, falling));
            }
        }

        return tensor(weights, [bins, numMelBins], ScalarType.Float64);
    }

    private static double Mel(double hertz) => HighFrequencyQ * Math.Log(1 + (hertz / BreakFrequency));
}
