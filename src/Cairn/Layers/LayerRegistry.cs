using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>Maps Keras' class names to the functions that read layer configurations.</summary>
internal static class LayerRegistry
{
    private static readonly Dictionary<string, Func<ConfigReader, Layer>> Factories = new(StringComparer.Ordinal)
    {
        ["InputLayer"] = Input.FromConfig,
        ["Dense"] = Dense.FromConfig,
        ["Activation"] = Layers.Activation.FromConfig,
        ["ReLU"] = ReLU.FromConfig,
        ["LeakyReLU"] = LeakyReLU.FromConfig,
        ["Softmax"] = Softmax.FromConfig,
        ["Dropout"] = Dropout.FromConfig,
        ["Flatten"] = Flatten.FromConfig,
        ["Reshape"] = Reshape.FromConfig,
        ["Rescaling"] = Rescaling.FromConfig,
        ["Conv1D"] = Conv1D.FromConfig,
        ["Conv2D"] = Conv2D.FromConfig,
        ["Conv3D"] = Conv3D.FromConfig,
        ["Conv1DTranspose"] = Conv1DTranspose.FromConfig,
        ["Conv2DTranspose"] = Conv2DTranspose.FromConfig,
        ["Conv3DTranspose"] = Conv3DTranspose.FromConfig,
        ["DepthwiseConv1D"] = DepthwiseConv1D.FromConfig,
        ["DepthwiseConv2D"] = DepthwiseConv2D.FromConfig,
        ["SeparableConv1D"] = SeparableConv1D.FromConfig,
        ["SeparableConv2D"] = SeparableConv2D.FromConfig,
        ["MaxPooling1D"] = MaxPooling1D.FromConfig,
        ["MaxPooling2D"] = MaxPooling2D.FromConfig,
        ["MaxPooling3D"] = MaxPooling3D.FromConfig,
        ["AveragePooling1D"] = AveragePooling1D.FromConfig,
        ["AveragePooling2D"] = AveragePooling2D.FromConfig,
        ["AveragePooling3D"] = AveragePooling3D.FromConfig,
        ["GlobalMaxPooling1D"] = GlobalMaxPooling1D.FromConfig,
        ["GlobalMaxPooling2D"] = GlobalMaxPooling2D.FromConfig,
        ["GlobalMaxPooling3D"] = GlobalMaxPooling3D.FromConfig,
        ["GlobalAveragePooling1D"] = GlobalAveragePooling1D.FromConfig,
        ["GlobalAveragePooling2D"] = GlobalAveragePooling2D.FromConfig,
        ["GlobalAveragePooling3D"] = GlobalAveragePooling3D.FromConfig,
        ["AdaptiveAveragePooling1D"] = AdaptiveAveragePooling1D.FromConfig,
        ["AdaptiveAveragePooling2D"] = AdaptiveAveragePooling2D.FromConfig,
        ["AdaptiveAveragePooling3D"] = AdaptiveAveragePooling3D.FromConfig,
        ["AdaptiveMaxPooling1D"] = AdaptiveMaxPooling1D.FromConfig,
        ["AdaptiveMaxPooling2D"] = AdaptiveMaxPooling2D.FromConfig,
        ["AdaptiveMaxPooling3D"] = AdaptiveMaxPooling3D.FromConfig,
        ["ZeroPadding1D"] = ZeroPadding1D.FromConfig,
        ["ZeroPadding2D"] = ZeroPadding2D.FromConfig,
        ["ZeroPadding3D"] = ZeroPadding3D.FromConfig,
        ["Cropping1D"] = Cropping1D.FromConfig,
        ["Cropping2D"] = Cropping2D.FromConfig,
        ["Cropping3D"] = Cropping3D.FromConfig,
        ["UpSampling1D"] = UpSampling1D.FromConfig,
        ["UpSampling2D"] = UpSampling2D.FromConfig,
        ["UpSampling3D"] = UpSampling3D.FromConfig,
        ["BatchNormalization"] = BatchNormalization.FromConfig,
        ["LayerNormalization"] = LayerNormalization.FromConfig,
        ["BatchNormalizationV1"] = BatchNormalization.FromConfig, // TensorFlow 1
        ["ELU"] = ELU.FromConfig,
        ["PReLU"] = PReLU.FromConfig,
        ["Embedding"] = Embedding.FromConfig,
        ["Masking"] = Masking.FromConfig,
        ["Permute"] = Permute.FromConfig,
        ["RepeatVector"] = RepeatVector.FromConfig,
        ["GaussianNoise"] = GaussianNoise.FromConfig,
        ["UnitNormalization"] = UnitNormalization.FromConfig,
        ["SpatialDropout1D"] = SpatialDropout1D.FromConfig,
        ["SpatialDropout2D"] = SpatialDropout2D.FromConfig,
        ["SpatialDropout3D"] = SpatialDropout3D.FromConfig,
        ["ActivityRegularization"] = ActivityRegularization.FromConfig,
        ["GaussianDropout"] = GaussianDropout.FromConfig,
        ["RMSNormalization"] = RMSNormalization.FromConfig,
        ["GroupNormalization"] = GroupNormalization.FromConfig,
        ["Add"] = Add.FromConfig,
        ["Subtract"] = Subtract.FromConfig,
        ["Multiply"] = Multiply.FromConfig,
        ["Average"] = Average.FromConfig,
        ["Maximum"] = Maximum.FromConfig,
        ["Minimum"] = Minimum.FromConfig,
        ["Concatenate"] = Concatenate.FromConfig,
        ["Dot"] = Dot.FromConfig,
        ["RNN"] = RNN.FromConfig,
        ["SimpleRNN"] = SimpleRNN.FromConfig,
        ["LSTM"] = LSTM.FromConfig,
        ["GRU"] = GRU.FromConfig,
        ["ConvLSTM1D"] = ConvLSTM1D.FromConfig,
        ["ConvLSTM2D"] = ConvLSTM2D.FromConfig,
        ["ConvLSTM3D"] = ConvLSTM3D.FromConfig,
        ["SimpleRNNCell"] = SimpleRNNCell.FromConfig,
        ["LSTMCell"] = LSTMCell.FromConfig,
        ["GRUCell"] = GRUCell.FromConfig,
        ["StackedRNNCells"] = StackedRNNCells.FromConfig,
        ["Bidirectional"] = Bidirectional.FromConfig,
        ["TimeDistributed"] = TimeDistributed.FromConfig,
        ["EinsumDense"] = EinsumDense.FromConfig,
        ["MultiHeadAttention"] = MultiHeadAttention.FromConfig,
        ["GroupQueryAttention"] = GroupQueryAttention.FromConfig,
        ["GroupedQueryAttention"] = GroupQueryAttention.FromConfig, // legacy files use the Python class name, not the exported one
        ["Attention"] = Attention.FromConfig,
        ["AdditiveAttention"] = AdditiveAttention.FromConfig,
        ["Identity"] = Identity.FromConfig,
        ["AlphaDropout"] = AlphaDropout.FromConfig,
        ["Normalization"] = Normalization.FromConfig,
        ["CategoryEncoding"] = CategoryEncoding.FromConfig,
        ["Discretization"] = Discretization.FromConfig,
        ["Resizing"] = Resizing.FromConfig,
        ["CenterCrop"] = CenterCrop.FromConfig,
        ["AutoContrast"] = AutoContrast.FromConfig,
        ["Equalization"] = Equalization.FromConfig,
        ["RandomFlip"] = RandomFlip.FromConfig,
        ["RandomRotation"] = RandomRotation.FromConfig,
        ["RandomZoom"] = RandomZoom.FromConfig,
        ["RandomTranslation"] = RandomTranslation.FromConfig,
        ["RandomCrop"] = RandomCrop.FromConfig,
        ["RandomContrast"] = RandomContrast.FromConfig,
        ["RandomBrightness"] = RandomBrightness.FromConfig,
        ["RandomShear"] = RandomShear.FromConfig,
        ["RandomHue"] = RandomHue.FromConfig,
        ["RandomSaturation"] = RandomSaturation.FromConfig,
        ["RandomErasing"] = RandomErasing.FromConfig,
        ["RandomGaussianBlur"] = RandomGaussianBlur.FromConfig,
        ["RandomGrayscale"] = RandomGrayscale.FromConfig,
        ["RandomPerspective"] = RandomPerspective.FromConfig,
        ["RandomSharpness"] = RandomSharpness.FromConfig,
        ["RandomPosterization"] = RandomPosterization.FromConfig,
        ["RandomInvert"] = RandomInvert.FromConfig,
        ["RandomColorDegeneration"] = RandomColorDegeneration.FromConfig,
        ["RandomColorJitter"] = RandomColorJitter.FromConfig,
        ["RandomElasticTransform"] = RandomElasticTransform.FromConfig,
        ["MixUp"] = MixUp.FromConfig,
        ["CutMix"] = CutMix.FromConfig,
        ["RandAugment"] = RandAugment.FromConfig,
        ["AugMix"] = AugMix.FromConfig,
        ["SpectralNormalization"] = SpectralNormalization.FromConfig,
        ["ReversibleEmbedding"] = ReversibleEmbedding.FromConfig,
        ["TernaryDense"] = TernaryDense.FromConfig,
        ["MelSpectrogram"] = MelSpectrogram.FromConfig,
        ["STFTSpectrogram"] = STFTSpectrogram.FromConfig,
        ["Solarization"] = Solarization.FromConfig,
        ["LayerScale"] = LayerScale.FromConfig,
        ["StochasticDepth"] = StochasticDepth.FromConfig,
        ["CustomScaleLayer"] = CustomScaleLayer.FromConfig,
        ["StringLookup"] = StringLookup.FromConfig,
        ["IntegerLookup"] = IntegerLookup.FromConfig,
        ["TextVectorization"] = TextVectorization.FromConfig,
        ["Hashing"] = Hashing.FromConfig,
        ["HashedCrossing"] = HashedCrossing.FromConfig,
    };

    /// <summary>The class names that files may contain.</summary>
    public static IReadOnlyCollection<string> ClassNames => [.. Factories.Keys, .. ModelFactories.ClassNames];

    /// <summary>Creates a layer from its Keras envelope.</summary>
    /// <exception cref="ConfigException">The class is unknown or its configuration is invalid.</exception>
    public static Layer Deserialize(JsonNode? node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        if (SharedLayers.Find(node, className) is { } shared)
        {
            return shared;
        }

        Layer layer = Make(node, place, className, config);
        SharedLayers.Read(layer, node, className);
        return layer;
    }

    private static Layer Make(JsonNode? node, string place, string className, ConfigReader config)
    {
        Func<ConfigReader, Layer>? factory = KerasObject.IsOfKeras(node) ? Factories.GetValueOrDefault(className)
            ?? ModelFactories.Find(className) : null;
        if (CustomObjects.TryMake<Layer>(node, className, config, isKeras: factory is not null) is { } custom)
        {
            custom.TakeClassName(className[(className.LastIndexOf('>') + 1)..]);
            custom.TakeBuildShapes(BuildShapes(node, place));
            return Restored(custom, config);
        }

        if (factory is null && config.OptionalString("name") is { } name && LambdaFunctions.Find(name) is { } function)
        {
            return Restored(new Lambda(function, (JsonObject)node!, name), config);
        }

        if (factory is null)
        {
            throw UnknownObject.Exception("layer", className, node, place, ClassNames.Concat(CustomObjects.NamesOf<Layer>()));
        }

        if (className is not ("InputLayer" or "Hashing" or "HashedCrossing"))
        {
            CheckType(config, className);
        }

        try
        {
            return Restored(factory(config), config);
        }
        catch (ArgumentException exception) when (exception is not ConfigException)
        {
            throw new ConfigException(config.Place, exception.Message);
        }
    }

    public static ActivationFunction Activation(ConfigReader config, string key = "activation")
    {
        if (config.Node(key) is not { } node)
        {
            return ActivationFunction.Linear;
        }

        string place = $"{config.Place}/{key}";
        (string name, ConfigReader inner) = KerasObject.Unwrap(node, place);
        bool isKeras = KerasObject.IsOfKeras(node)
            && (ActivationFunction.Names.Contains(name) || name == ActivationFunction.OldHardSigmoid);
        if (CustomObjects.TryMake<ActivationFunction>(node, name, inner, isKeras) is { } custom)
        {
            return custom;
        }

        return isKeras
            ? name
            : ActivationLayers.TryRead(node, name, place) ?? throw UnknownObject.Exception("activation", name, node, place,
            ActivationFunction.Names.Concat(CustomObjects.NamesOf<ActivationFunction>()));
    }

    public static Initializer Initializer(ConfigReader config, string key, string fallback) =>
        config.Node(key) is { } node ? InitializerRegistry.Deserialize(node, $"{config.Place}/{key}") : fallback;

    public static Regularizer? Regularizer(ConfigReader config, string key) =>
        Regularizers.Regularizer.Deserialize(config.Node(key), $"{config.Place}/{key}");

    public static Constraint? Constraint(ConfigReader config, string key) =>
        Constraints.Constraint.Deserialize(config.Node(key), $"{config.Place}/{key}");

    public static DataFormat DataFormat(ConfigReader config) =>
        config.Choice("data_format", "channels_last", "channels_last", "channels_first") == "channels_first"
            ? Layers.DataFormat.ChannelsFirst
            : Layers.DataFormat.ChannelsLast;

    public static Size2D Size(ConfigReader config, string key, int? fallback = null)
    {
        long[] sizes = config.Sizes(key, 2, fallback is { } f ? [f, f] : null);
        return new Size2D(sizes[0], sizes[1]);
    }

    public static Size2D? OptionalSize(ConfigReader config, string key) => config.Has(key) ? Size(config, key) : null;

    public static Size3D Size3D(ConfigReader config, string key, int? fallback = null)
    {
        long[] sizes = config.Sizes(key, 3, fallback is { } f ? [f, f, f] : null);
        return new Size3D(sizes[0], sizes[1], sizes[2]);
    }

    public static Size3D? OptionalSize3D(ConfigReader config, string key) => config.Has(key) ? Size3D(config, key) : null;

    private static Shape[]? BuildShapes(JsonNode? node, string place)
    {
        if ((node as JsonObject)?["build_config"] is not JsonObject build || build["input_shape"] is not JsonArray shapes)
        {
            return null;
        }

        return shapes is [JsonArray, ..]
            ? [.. shapes.Select((_, i) => new ConfigReader(new JsonObject { ["shape"] = shapes[i]?.DeepClone() },
            $"{place}/build_config/input_shape[{i}]").Shape("shape"))]
            : [new ConfigReader(build, $"{place}/build_config").Shape("input_shape")];
    }

    // The keys that every layer's configuration has, whether or not the factory read them.
    private static Layer Restored(Layer layer, ConfigReader config)
    {
        if (layer is { HasFinalName: false } && config.OptionalString("name") is { Length: > 0 } name)
        {
            layer.TakeName(name);
        }

        layer.SetOwnTrainable(config.Bool("trainable", true));
        if ((layer.PolicyBeforeQuantization ?? TypeOf(config)) is { } type && DTypePolicy.IsKnown(type))
        {
            layer.TakeDTypePolicy(new DTypePolicy(type));
        }

        return layer;
    }

    private static void CheckType(ConfigReader config, string className)
    {
        if (QuantizationSettings.ModeOf(config) is { } mode)
        {
            if (!QuantizationSettings.CanBe(className, mode))
            {
                throw config.Error("dtype", $"{className} with quantization '{mode}' is not supported");
            }

            return;
        }

        string? type = TypeOf(config);
        switch (type)
        {
            case null or "float32" or "mixed_float16" or "mixed_bfloat16":
                return;
            case "float16" or "bfloat16" or "float64":
                LoadNotes.Add($"The file requests the dtype {type}; layers compute in float32 here.");
                return;
            default:
                throw config.Error("dtype", $"layers compute in float32 here; the file requests '{type}'");
        }
    }

    // The configuration of a custom layer may hold anything under this key.
    private static string? TypeOf(ConfigReader config) => config.Node("dtype") switch
    {
        JsonValue value when value.TryGetValue(out string? name) => name,
        JsonObject node when node["config"] is JsonObject policy && policy["name"] is JsonValue value
            && value.TryGetValue(out string? name) => name,
        _ => null,
    };
}
