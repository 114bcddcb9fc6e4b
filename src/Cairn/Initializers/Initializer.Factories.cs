namespace Cairn.Initializers;

// One member per initializer: a property if the seed is the only argument, otherwise a method.
public abstract partial class Initializer
{
    /// <summary>All zeros.</summary>
    public static Initializer Zeros => new Zeros();

    /// <summary>All ones.</summary>
    public static Initializer Ones => new Ones();

    /// <summary>Uniform distribution over ±√(6 / (fan in + fan out)), Keras' default for kernels (Glorot and Bengio, 2010).</summary>
    public static Initializer GlorotUniform => new GlorotUniform();

    /// <summary>
    /// Normal distribution with variance 2 / (fan in + fan out), truncated at two standard deviations (Glorot and Bengio, 2010).
    /// </summary>
    public static Initializer GlorotNormal => new GlorotNormal();

    /// <summary>Uniform distribution over ±√(6 / fan in), for layers with <c>relu</c> (He et al., 2015).</summary>
    public static Initializer HeUniform => new HeUniform();

    /// <summary>
    /// Normal distribution with variance 2 / fan in, truncated at two standard deviations, for layers with <c>relu</c> (He et al., 2015).
    /// </summary>
    public static Initializer HeNormal => new HeNormal();

    /// <summary>Uniform distribution over ±√(3 / fan in), for layers with <c>selu</c> (LeCun et al., 1998).</summary>
    public static Initializer LecunUniform => new LecunUniform();

    /// <summary>
    /// Normal distribution with variance 1 / fan in, truncated at two standard deviations, for layers with <c>selu</c> (LeCun et al.,
    /// 1998).
    /// </summary>
    public static Initializer LecunNormal => new LecunNormal();

    /// <summary>A constant value.</summary>
    /// <param name="value">The value; 0 by default.</param>
    public static Initializer Constant(double value = 0) => new Constant(value);

    /// <summary>The identity matrix times a factor. Keras: <c>initializers.Identity</c>.</summary>
    /// <param name="gain">The factor; 1 by default.</param>
    public static Initializer Identity(double gain = 1) => new IdentityInitializer(gain);

    /// <summary>A random orthogonal matrix times a factor.</summary>
    /// <param name="gain">The factor; 1 by default.</param>
    /// <param name="seed">The seed; null (default) to derive it from the model's seed.</param>
    public static Initializer Orthogonal(double gain = 1, long? seed = null) => new Orthogonal(gain, seed);

    /// <summary>Normal distribution.</summary>
    /// <param name="mean">The mean; 0 by default.</param>
    /// <param name="stddev">The standard deviation; 0.05 by default.</param>
    /// <param name="seed">The seed; null (default) to derive it from the model's seed.</param>
    public static Initializer RandomNormal(double mean = 0, double stddev = 0.05, long? seed = null) =>
        new RandomNormal(mean, stddev, seed);

    /// <summary>Uniform distribution.</summary>
    /// <param name="minVal">The lower bound; -0.05 by default.</param>
    /// <param name="maxVal">The upper bound; 0.05 by default.</param>
    /// <param name="seed">The seed; null (default) to derive it from the model's seed.</param>
    public static Initializer RandomUniform(double minVal = -0.05, double maxVal = 0.05, long? seed = null) =>
        new RandomUniform(minVal, maxVal, seed);

    /// <summary>Truncated normal distribution; values beyond two standard deviations are redrawn.</summary>
    /// <param name="mean">The mean; 0 by default.</param>
    /// <param name="stddev">The standard deviation before truncation; 0.05 by default.</param>
    /// <param name="seed">The seed; null (default) to derive it from the model's seed.</param>
    public static Initializer TruncatedNormal(double mean = 0, double stddev = 0.05, long? seed = null) =>
        new TruncatedNormal(mean, stddev, seed);

    /// <summary><inheritdoc cref="T:Cairn.Initializers.VarianceScaling" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Initializers.VarianceScaling.#ctor(System.Double,System.String,System.String,System.Nullable{System.Int64},Cairn.Axes,Cairn.Axes)" path="/param"/>
    public static Initializer VarianceScaling(
        double scale = 1, string mode = "fan_in", string distribution = "truncated_normal", long? seed = null, Axes? inputAxes = null,
        Axes? outputAxes = null) =>
        new VarianceScaling(scale, mode, distribution, seed, inputAxes, outputAxes);

    /// <summary><inheritdoc cref="T:Cairn.Initializers.STFT" path="/summary/node()"/></summary>
    /// <inheritdoc cref="M:Cairn.Initializers.STFT.#ctor(System.String,System.String,System.String,System.Boolean)" path="/param"/>
    public static Initializer STFT(string side = "real", string? window = "hann", string? scaling = "density", bool periodic = false) =>
        new STFT(side, window, scaling, periodic);
}
