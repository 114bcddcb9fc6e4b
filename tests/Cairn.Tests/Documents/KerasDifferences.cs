namespace Cairn.Tests.Documents;

/// <summary>Why a Keras name or argument is missing, and how behavior differs from Keras under the same name.</summary>
internal static class KerasDifferences
{
    private const string Text = "outputs are float32; Python functions as `standardize` or `split`, and sparse and ragged tensors, are "
        + "not supported";
    private const string Images = "image preprocessing or augmentation; not implemented yet";
    private const string Drawn = "random values are derived from the run's seed and the step, so a resumed run draws the same values; "
        + "they are not those of Keras";
    private const string Mixes = "as a layer it mixes images only, as in Keras; `Mix` mixes labels too, in place of a dictionary; " + Drawn;
    private const string OtherFramework = "wraps another Python framework";

    /// <summary>Why a name is missing, or what replaces it.</summary>
    public static readonly IReadOnlyDictionary<string, string> Missing = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["MeanMetricWrapper"] = "derive a metric from `MeanMetric`",
        ["InputSpec"] = "a layer checks shapes in `Build` and `ComputeOutputShape`",
        ["Wrapper"] = "`AddSublayer` makes any layer a wrapper",
        ["TFSMLayer"] = OtherFramework,
        ["JaxLayer"] = OtherFramework,
        ["FlaxLayer"] = OtherFramework,
        ["TorchModuleWrapper"] = "not yet",
        ["Pipeline"] = "a `Sequential` model in a model does the same",
        ["threshold"] = "has no defaults, so it can't be specified by name; register a custom function in `CustomObjects`",
        ["OrbaxCheckpoint"] = "a format of JAX",
    };

    /// <summary>Names that behave differently.</summary>
    public static readonly IReadOnlyDictionary<string, string> Differing = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Activation"] = "register a custom function by name in `CustomObjects`",
        ["Embedding"] = "accepts float32 or int64 indices; fractions are truncated, as in Keras",
        ["InputLayer"] = "`Input` is both",
        ["Lambda"] = "takes a C# function, which can't be saved; the Python code in a file is never executed: pass the function to "
            + "`Model.Load`",
        ["RMSNormalization"] = "also for axes other than the last, where Keras 3.16 fails",
        ["Discretization"] = "outputs bin indices as float32",
        ["sparsemax"] = "as in Keras 3.16, where the result does not sum to 1 if three or more values are nonzero",
        ["glu"] = "halves the number of features; as in Keras, the computed output shape does not reflect this",
        ["TensorBoard"] = "`profileBatch` must be 0; also writes a model summary and hyperparameters, and embeddings in a form that the "
            + "projector reads",
        ["LossScaleOptimizer"] = "the scale stays below 2^128; in Keras 3.16 it becomes infinite and no further steps are taken. A `.h5` "
            + "file also restores the inner state",
        ["SwapEMAWeights"] = "the weights are restored after `Predict`, and training that stops early ends with the averages; Keras 3.16 "
            + "does neither",
        ["RemoteMonitor"] = "waits at most `timeout` for the server",
        ["EarlyStopping"] = "the first finite value replaces a NaN as the best, which Keras keeps; a monitor that is never logged is "
            + "reported before the first epoch",
        ["ReduceLROnPlateau"] = "the first finite value replaces a NaN as the best; a `factor` of 0 or less throws an exception",
        ["CSVLogger"] = "no `val_` columns without validation",
        ["ModelCheckpoint"] = "`saveFreq` with `saveBestOnly` works from the first batch, where Keras fails; with `validationFreq`, epochs "
            + "without validation save nothing; the first finite value replaces a NaN as the best",
        ["RandomShear"] = Drawn,
        ["RandomHue"] = Drawn,
        ["RandomSaturation"] = Drawn,
        ["RandomErasing"] = Drawn,
        ["RandomGaussianBlur"] = Drawn,
        ["RandomGrayscale"] = Drawn,
        ["RandomPerspective"] = Drawn,
        ["RandomSharpness"] = Drawn,
        ["RandomPosterization"] = Drawn,
        ["RandomInvert"] = Drawn,
        ["RandomColorDegeneration"] = Drawn,
        ["RandomColorJitter"] = Drawn,
        ["RandomElasticTransform"] = Drawn,
        ["MixUp"] = Mixes,
        ["CutMix"] = Mixes,
        ["RandAugment"] = Drawn,
        ["AugMix"] = Drawn,
        ["RandomFlip"] = Drawn,
        ["RandomRotation"] = Drawn,
        ["RandomZoom"] = Drawn,
        ["RandomTranslation"] = Drawn,
        ["RandomCrop"] = Drawn,
        ["RandomContrast"] = Drawn,
        ["RandomBrightness"] = Drawn,
        ["Solarization"] = Drawn,
        ["Resizing"] = "also supports the Lanczos windows, which Keras supports only on TensorFlow and JAX",
        ["TextVectorization"] = Text,
        ["StringLookup"] = Text,
        ["IntegerLookup"] = Text,
        ["Hashing"] = Text,
        ["HashedCrossing"] = Text,
        ["ReversibleEmbedding"] = "the reverse projection is `ApplyReverse`, computed in float32",
        ["History"] = "also holds the events of the callbacks",
        ["CallbackList"] = "created by `Fit`",
    };

    /// <summary>Why arguments are missing, by <c>Class.argument</c> or the argument only.</summary>
    public static readonly IReadOnlyDictionary<string, string> Arguments = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["dtype"] = "everything is computed in float32",
        ["lora_rank"] = "`layer.EnableLora(rank, loraAlpha)`",
        ["lora_alpha"] = "see `lora_rank`",
        ["quantization_config"] = "`layer.Quantize(\"float8\")`; layers of files may be quantized in all of Keras' modes",
        ["gptq_unpacked_column_size"] = "see `quantization_config`",
        ["use_cudnn"] = "libtorch chooses the kernel itself",
        ["weights"] = "`SetWeights` sets the weights after the model is built",
        ["flash_attention"] = "libtorch chooses the kernel itself",
        ["sparse"] = "sparse tensors; not supported yet",
        ["ragged"] = "ragged tensors; not supported yet",
        ["Input.tensor"] = "a model starts from shapes",
        ["InputLayer.input_tensor"] = "a model starts from shapes",
        ["optional"] = "every input is required",
        ["Lambda.arguments"] = "a C# function closes over what it needs",
        ["Lambda.mask"] = "derive a layer that overrides `ComputeMask`",
        ["name"] = "has Keras' fixed name",
    };

    public static string Why(string owner, string argument) =>
        Arguments.GetValueOrDefault($"{owner}.{argument}") ?? Arguments.GetValueOrDefault(argument) ?? "not yet";

    public static string WhyMissing(string module, string name) =>
        Missing.GetValueOrDefault(name) ?? (module == "layers" && IsForImages(name) ? Images : "not yet");

    private static bool IsForImages(string name) => name.StartsWith("Random", StringComparison.Ordinal)
        || name is "ContrastLimitedAdaptiveHistogramEqualization" or "MaxNumBoundingBoxes";
}
