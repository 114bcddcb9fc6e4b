namespace Cairn.Tests.Documents;

/// <summary>What the code does not tell: why a Keras name or argument is missing, and where the same name behaves differently.</summary>
internal static class KerasDifferences
{
    private const string Text = "numbers come out as float32; functions of Python as `standardize` or `split`, sparse and ragged tensors "
        + "are refused";
    private const string Images = "prepares or varies images before training: not yet";
    private const string Drawn = "what is drawn follows from the run's seed and the step, so that a run that goes on draws the same; the "
        + "numbers are not Keras' own";
    private const string Inactive = "passes images on in predictions; `Fit` refuses it by name, since what it does in training is "
        + "not there yet";
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
        ["threshold"] = "has no defaults, so that a word can't name it; a function of your own is registered in `CustomObjects`",
        ["OrbaxCheckpoint"] = "a format of JAX",
    };

    /// <summary>Names that behave differently.</summary>
    public static readonly IReadOnlyDictionary<string, string> Differing = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Activation"] = "a function of your own is registered by name in `CustomObjects`",
        ["Embedding"] = "whole numbers arrive as float32 or int64; fractions are cut off as in Keras",
        ["InputLayer"] = "`Input` is both",
        ["Lambda"] = "takes a C# function; it can't be saved, and a file's is refused, since its code would have to run",
        ["RMSNormalization"] = "also for axes other than the last, where Keras 3.16 fails",
        ["Discretization"] = "the bins come out as float32 numbers",
        ["sparsemax"] = "as Keras 3.16 computes it, whose result does not sum to 1 where three or more numbers stay",
        ["glu"] = "gives half as many features as it takes; like in Keras a layer's output shape does not tell",
        ["TensorBoard"] = "`profileBatch` must be 0; a summary and hyper-parameters are written, too, and embeddings in a form that the "
            + "projector reads",
        ["LossScaleOptimizer"] = "the scale stays below 2^128, where that of Keras 3.16 becomes infinite and no step is taken any more; a "
            + "`.h5` gives the inner state back, too",
        ["SwapEMAWeights"] = "the weights come back after `Predict`, and a training that stops early ends with the averages; Keras 3.16 "
            + "does neither",
        ["RemoteMonitor"] = "waits for the server no longer than `timeout`",
        ["EarlyStopping"] = "a first value of NaN gives way to the first finite one, where Keras keeps it as the best; a name that nothing "
            + "logs is reported before the first epoch",
        ["ReduceLROnPlateau"] = "a first value of NaN gives way to the first finite one; a `factor` of 0 or less is refused",
        ["CSVLogger"] = "no `val_` columns without validation",
        ["ModelCheckpoint"] = "`saveFreq` with `saveBestOnly` works from the first batch, where Keras fails; with `validationFreq`, epochs "
            + "without validation save nothing over the best; a first value of NaN gives way to the first finite one",
        ["RandomShear"] = Drawn,
        ["RandomHue"] = Drawn,
        ["RandomSaturation"] = Drawn,
        ["RandomErasing"] = Drawn,
        ["RandomGaussianBlur"] = Drawn,
        ["RandomGrayscale"] = Drawn,
        ["RandomPerspective"] = Inactive,
        ["RandomSharpness"] = Drawn,
        ["RandomPosterization"] = Drawn,
        ["RandomInvert"] = Drawn,
        ["RandomColorDegeneration"] = Drawn,
        ["RandomColorJitter"] = Drawn,
        ["RandomElasticTransform"] = Inactive,
        ["MixUp"] = Inactive,
        ["CutMix"] = Inactive,
        ["RandAugment"] = Inactive,
        ["AugMix"] = Inactive,
        ["RandomFlip"] = Drawn,
        ["RandomRotation"] = Drawn,
        ["RandomZoom"] = Drawn,
        ["RandomTranslation"] = Drawn,
        ["RandomCrop"] = Drawn,
        ["RandomContrast"] = Drawn,
        ["RandomBrightness"] = Drawn,
        ["Solarization"] = Drawn,
        ["Resizing"] = "also with the Lanczos windows, which Keras has on TensorFlow and JAX only",
        ["TextVectorization"] = Text,
        ["StringLookup"] = Text,
        ["IntegerLookup"] = Text,
        ["Hashing"] = Text,
        ["HashedCrossing"] = Text,
        ["ReversibleEmbedding"] = "the way back is `ApplyReverse`, and computed in float32",
        ["History"] = "holds the events of the callbacks, too",
        ["CallbackList"] = "made by `Fit`",
    };

    /// <summary>Why arguments are missing, by <c>Class.argument</c> or the argument only.</summary>
    public static readonly IReadOnlyDictionary<string, string> Arguments = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["dtype"] = "everything is computed in float32",
        ["lora_rank"] = "fine-tuning by matrices of low rank: not yet",
        ["lora_alpha"] = "as `lora_rank`",
        ["quantization_config"] = "quantised weights: not yet",
        ["gptq_unpacked_column_size"] = "as `quantization_config`",
        ["use_cudnn"] = "libtorch chooses the kernel itself",
        ["weights"] = "`SetWeights` gives weights after the model is built",
        ["flash_attention"] = "libtorch chooses the kernel itself",
        ["sparse"] = "sparse tensors: not yet",
        ["ragged"] = "ragged tensors: not yet",
        ["Input.tensor"] = "a model starts from shapes",
        ["InputLayer.input_tensor"] = "a model starts from shapes",
        ["optional"] = "every input must be given",
        ["synchronized"] = "statistics across several machines: not yet",
        ["renorm"] = "batch renormalisation: not yet",
        ["renorm_clipping"] = "as `renorm`",
        ["renorm_momentum"] = "as `renorm`",
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
