using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Every layer in every format, with Keras' configuration. A new layer must be added to the list.</summary>
public sealed class EveryLayerTests
{
    // Layers that take their inputs as separate arguments, not as a list.
    private static readonly string[] TakeArguments = ["MultiHeadAttention", "GroupQueryAttention"];

    /// <summary>Class, configuration, and the shape of a sample, or of one of each input.</summary>
    public static TheoryData<string, string, string> Layers
    {
        get
        {
            var data = new TheoryData<string, string, string>
            {
                { "Dense", "'units': 4, 'activation': 'gelu', 'kernel_regularizer': {'class_name': 'L2', 'config': {'l2': 0.1}}", "6,3" },
                { "Dense", "'units': 4, 'use_bias': false, 'kernel_initializer': 'he_normal', 'kernel_constraint': {'class_name': "
                    + "'MaxNorm', 'config': {'max_value': 2, 'axis': 0}}", "5" },
                { "EinsumDense", "'equation': 'abc,cd->abd', 'output_shape': [null, 4], 'bias_axes': 'd'", "6,3" },
                { "Activation", "'activation': 'tanh'", "6,3" },
                { "ReLU", "'max_value': 1.5, 'negative_slope': 0.1, 'threshold': 0.2", "6,3" },
                { "LeakyReLU", "'negative_slope': 0.2", "6,3" },
                { "ELU", "'alpha': 0.5", "6,3" },
                { "PReLU", "'shared_axes': [1]", "6,3" },
                { "Softmax", "'axis': -1", "6,3" },
                { "Dropout", "'rate': 0.25, 'seed': 3", "6,3" },
                { "GaussianDropout", "'rate': 0.25", "6,3" },
                { "GaussianNoise", "'stddev': 0.5", "6,3" },
                { "ActivityRegularization", "'l1': 0.1", "6,3" },
                { "Flatten", "", "6,3" },
                { "Reshape", "'target_shape': [3, 6]", "6,3" },
                { "Permute", "'dims': [2, 1]", "6,3" },
                { "RepeatVector", "'n': 2", "5" },
                { "Rescaling", "'scale': 0.5, 'offset': 0.1", "6,3" },
                { "BatchNormalization", "'momentum': 0.9, 'epsilon': 0.01", "6,3" },
                { "BatchNormalization", "'center': false, 'axis': 1", "6,3" },
                { "LayerNormalization", "'axis': -1, 'epsilon': 0.01", "6,3" },
                { "RMSNormalization", "'axis': -1", "6,3" },
                { "UnitNormalization", "'axis': -1", "6,3" },
                { "GroupNormalization", "'groups': 2", "6,4" },
                { "Embedding", "'input_dim': 7, 'output_dim': 3, 'mask_zero': true", "5 ids" },
                { "Masking", "'mask_value': 0.0", "6,3" },
                { "SimpleRNN", "'units': 4, 'return_sequences': true", "6,3" },
                { "LSTM", "'units': 4", "6,3" },
                { "LSTM", "'units': 3, 'go_backwards': true, 'recurrent_activation': 'hard_sigmoid', 'unit_forget_bias': false", "6,3" },
                { "GRU", "'units': 4, 'reset_after': false", "6,3" },
                { "GRU", "'units': 4, 'return_sequences': true", "6,3" },
                { "RNN", "'cell': {'class_name': 'GRUCell', 'config': {'units': 3}}, 'return_sequences': true", "6,3" },
                { "RNN", "'cell': {'class_name': 'StackedRNNCells', 'config': {'cells': [{'class_name': 'LSTMCell', 'config': {'units': "
                    + "3}}, {'class_name': 'SimpleRNNCell', 'config': {'units': 2}}]}}", "6,3" },
                { "Bidirectional", "'layer': {'class_name': 'LSTM', 'config': {'units': 3, 'name': 'inner'}}, 'merge_mode': 'sum'", "6,3" },
                { "TimeDistributed", "'layer': {'class_name': 'Dense', 'config': {'units': 2, 'name': 'inner'}}", "6,3" },
                { "Identity", "", "6,3" },
                { "ConvLSTM1D", "'filters': 2, 'kernel_size': 2", "3,6,2" },
                { "ConvLSTM2D", "'filters': 2, 'kernel_size': 2, 'padding': 'same', 'return_sequences': true", "3,5,4,2" },
                { "ConvLSTM3D", "'filters': 2, 'kernel_size': 2, 'recurrent_activation': 'hard_sigmoid'", "2,4,3,4,2" },
                { "SpectralNormalization",
                    "'layer': {'class_name': 'Dense', 'config': {'units': 2, 'name': 'inner'}}, 'power_iterations': 2", "6,3" },
                { "ReversibleEmbedding", "'input_dim': 7, 'output_dim': 3, 'tie_weights': false", "5 ids" },
                { "TernaryDense", "'units': 3, 'activation': 'relu'", "6,3" },
                { "MelSpectrogram", "'fft_length': 16, 'sequence_stride': 4, 'num_mel_bins': 4, 'sampling_rate': 100", "40" },
                { "STFTSpectrogram", "'frame_length': 8, 'frame_step': 4, 'fft_length': 8, 'mode': 'log'", "40,1" },
                { "Resizing", "'height': 4, 'width': 5, 'interpolation': 'bicubic'", "8,7,3" },
                { "CenterCrop", "'height': 4, 'width': 5", "8,7,3" },
                { "AutoContrast", "'value_range': [0, 1]", "8,7,3" },
                { "Equalization", "'value_range': [0, 1]", "8,7,3" },
                { "RandomFlip", "'mode': 'vertical'", "8,7,3" },
                { "RandomRotation", "'factor': 0.2, 'fill_mode': 'constant'", "8,7,3" },
                { "RandomZoom", "'height_factor': 0.2, 'width_factor': 0.1", "8,7,3" },
                { "RandomTranslation", "'height_factor': 0.2, 'width_factor': 0.1", "8,7,3" },
                { "RandomCrop", "'height': 4, 'width': 5", "8,7,3" },
                { "RandomContrast", "'factor': 0.2", "8,7,3" },
                { "RandomBrightness", "'factor': 0.2, 'value_range': [0, 1]", "8,7,3" },
                { "RandomShear", "'x_factor': 0.2, 'y_factor': 0.1", "8,7,3" },
                { "RandomHue", "'factor': 0.2, 'value_range': [0, 1]", "8,7,3" },
                { "RandomSaturation", "'factor': 0.2, 'value_range': [0, 1]", "8,7,3" },
                { "RandomErasing", "'factor': 0.2", "8,7,3" },
                { "RandomGaussianBlur", "'factor': 0.2", "8,7,3" },
                { "RandomGrayscale", "'factor': 0.2", "8,7,3" },
                { "RandomPerspective", "'factor': 0.2", "8,7,3" },
                { "RandomSharpness", "'factor': 0.2", "8,7,3" },
                { "RandomPosterization", "'factor': 4", "8,7,3" },
                { "RandomInvert", "'factor': 0.2", "8,7,3" },
                { "RandomColorDegeneration", "'factor': 0.2", "8,7,3" },
                { "RandomColorJitter", "'brightness_factor': 0.2, 'value_range': [0, 1]", "8,7,3" },
                { "RandomElasticTransform", "'factor': 0.2", "8,7,3" },
                { "MixUp", "'alpha': 0.3", "8,7,3" },
                { "CutMix", "'factor': 0.3", "8,7,3" },
                { "RandAugment", "'num_ops': 3", "8,7,3" },
                { "AugMix", "'num_chains': 2", "8,7,3" },
                { "Solarization", "'addition_factor': 0.2, 'threshold_factor': 0.3, 'value_range': [0, 1]", "8,7,3" },
                { "AlphaDropout", "'rate': 0.25", "6,3" },
                { "Normalization", "'axis': -1", "6,3" },
                { "Normalization", "'axis': -1, 'mean': [1.0, 2.0, 3.0], 'variance': [0.5, 1.0, 2.0], 'invert': true", "6,3" },
                { "Discretization", "'bin_boundaries': [-0.5, 0.0, 0.5], 'output_mode': 'one_hot'", "5" },
                { "CategoryEncoding", "'num_tokens': 7, 'output_mode': 'multi_hot'", "5 ids" },
                { "Add", "", "6,3;6,3;6,3" },
                { "Subtract", "", "6,3;6,3" },
                { "Multiply", "", "6,3;6,3" },
                { "Average", "", "6,3;6,3" },
                { "Maximum", "", "6,3;6,3" },
                { "Minimum", "", "6,3;6,3" },
                { "Concatenate", "'axis': 1", "6,3;4,3" },
                { "Dot", "'axes': [1, 2], 'normalize': true", "6,3;4,6" },
                { "Attention", "'use_scale': true, 'score_mode': 'concat'", "6,3;4,3" },
                { "AdditiveAttention", "", "6,3;4,3" },
                { "MultiHeadAttention", "'num_heads': 2, 'key_dim': 3, 'value_dim': 4", "6,3;4,3" },
                { "GroupQueryAttention", "'head_dim': 3, 'num_query_heads': 4, 'num_key_value_heads': 2", "6,3;4,3" },
                { "Resizing", "'height': 4, 'width': 7", "6,5,3" },
                { "CenterCrop", "'height': 4, 'width': 3", "6,5,3" },
                { "AutoContrast", "", "6,5,3" },
                { "Equalization", "'bins': 32", "6,5,3" },
                { "Solarization", "'threshold_factor': [0.1, 0.5]", "6,5,3" },
                { "RandomFlip", "'mode': 'vertical'", "6,5,3" },
                { "RandomRotation", "'factor': 0.2", "6,5,3" },
                { "RandomZoom", "'height_factor': 0.2", "6,5,3" },
                { "RandomTranslation", "'height_factor': 0.2, 'width_factor': [-0.1, 0.3]", "6,5,3" },
                { "RandomCrop", "'height': 6, 'width': 5", "6,5,3" },
                { "RandomContrast", "'factor': 0.3", "6,5,3" },
                { "RandomBrightness", "'factor': 0.3", "6,5,3" },
                { "RandomShear", "'x_factor': 0.2", "6,5,3" },
                { "RandomHue", "'factor': 0.2", "6,5,3" },
                { "RandomSaturation", "'factor': 0.2", "6,5,3" },
                { "RandomErasing", "'factor': 0.5", "6,5,3" },
                { "RandomGaussianBlur", "'kernel_size': 3", "6,5,3" },
                { "RandomGrayscale", "'factor': 0.5", "6,5,3" },
                { "RandomPerspective", "'scale': 0.5", "6,5,3" },
                { "RandomSharpness", "'factor': 0.5", "6,5,3" },
                { "RandomPosterization", "'factor': 4", "6,5,3" },
                { "RandomInvert", "'factor': 0.5", "6,5,3" },
                { "RandomColorDegeneration", "'factor': 0.5", "6,5,3" },
                { "RandomColorJitter", "'hue_factor': 0.5", "6,5,3" },
                { "RandomElasticTransform", "'scale': 0.5", "6,5,3" },
                { "MixUp", "'alpha': 0.3", "6,5,3" },
                { "CutMix", "'factor': 0.3", "6,5,3" },
                { "RandAugment", "'num_ops': 3", "6,5,3" },
                { "AugMix", "'num_chains': 2", "6,5,3" },
                { "ConvLSTM1D", "'filters': 2, 'kernel_size': 2, 'return_sequences': true", "3,6,2" },
                { "ConvLSTM2D", "'filters': 2, 'kernel_size': 2, 'padding': 'same', 'strides': 2", "3,6,5,2" },
                { "ConvLSTM3D", "'filters': 2, 'kernel_size': 2, 'unit_forget_bias': false", "2,4,4,3,1" },
                { "SpectralNormalization",
                    "'layer': {'class_name': 'Dense', 'config': {'units': 2, 'name': 'inner'}}, 'power_iterations': 2", "5" },
                { "ReversibleEmbedding", "'input_dim': 7, 'output_dim': 3, 'tie_weights': false", "5 ids" },
                { "TernaryDense", "'units': 4, 'threshold': 0.3", "5" },
                { "LayerScale", "'init_values': 0.1, 'projection_dim': 3", "6,3" },
                { "StochasticDepth", "'drop_path_rate': 0.25", "6,3" },
                { "CustomScaleLayer", "'scale': 0.17", "6,3;6,3" },
                { "MelSpectrogram", "'fft_length': 16, 'sequence_stride': 8, 'num_mel_bins': 3", "40" },
                { "STFTSpectrogram", "'frame_length': 8, 'mode': 'psd'", "40,2" },
                { "Sequential", "'layers': [{'class_name': 'InputLayer', 'config': {'batch_shape': [null, 3], 'name': 'i'}}, "
                    + "{'class_name': 'Dense', 'config': {'units': 2, 'name': 'inner'}}]", "3" },
                { "Functional",
                    FunctionalConfig("'class_name': 'Dense', 'config': {'units': 3, 'name': 'tested'}", ["3"], asList: false,
                    "inner_input"), "3" },
            };
            foreach ((int axes, string shape) in new[] { (1, "8,2"), (2, "8,7,2"), (3, "5,6,5,2") })
            {
                foreach (string padding in new[] { "valid", "same" })
                {
                    data.Add($"Conv{axes}D",
                        $"'filters': 4, 'kernel_size': 2, 'strides': 2, 'padding': '{padding}', 'activation': 'relu'", shape);
                    data.Add($"MaxPooling{axes}D", $"'pool_size': 2, 'padding': '{padding}'", shape);
                    data.Add($"AveragePooling{axes}D", $"'pool_size': 2, 'strides': 1, 'padding': '{padding}'", shape);
                    data.Add($"Conv{axes}DTranspose", $"'filters': 3, 'kernel_size': 3, 'strides': 2, 'padding': '{padding}'", shape);
                    if (axes == 3)
                    {
                        continue;
                    }

                    data.Add($"DepthwiseConv{axes}D", $"'kernel_size': 3, 'depth_multiplier': 2, 'padding': '{padding}'", shape);
                    data.Add($"SeparableConv{axes}D", $"'filters': 3, 'kernel_size': 3, 'padding': '{padding}'", shape);
                }

                data.Add($"GlobalMaxPooling{axes}D", "", shape);
                data.Add($"GlobalAveragePooling{axes}D", "'keepdims': true", shape);
                data.Add($"AdaptiveMaxPooling{axes}D", "'output_size': 3", shape);
                data.Add($"AdaptiveAveragePooling{axes}D", "'output_size': 2", shape);
                data.Add($"ZeroPadding{axes}D", "'padding': 2", shape);
                data.Add($"Cropping{axes}D", "'cropping': 1", shape);
                data.Add($"UpSampling{axes}D", "'size': 2", shape);
                data.Add($"SpatialDropout{axes}D", "'rate': 0.25", shape);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_is_loaded_from_every_format_with_the_same_bits(string className, string config, string shape)
    {
        using var folder = new TemporaryFolder();
        using Model model = Make(className, config, shape);
        NDArrays x = Inputs(shape);
        float[] expected = model.Predict(x, verbose: 0).ToArray();
        float[] weights = ReferenceRun.Flatten(model);
        string json = model.ToJson();
        foreach (string file in new[] { "model.keras", "model.h5" })
        {
            model.Save(folder[file]);
            using var loaded = Model.Load(folder[file]);
            Assert.Equal(json, loaded.ToJson());
            Assert.Equal(weights, ReferenceRun.Flatten(loaded));
            Assert.Equal(expected, loaded.Predict(x, verbose: 0).ToArray());
        }

        foreach (string file in new[] { "model.weights.h5", "model.safetensors", "model.dat" })
        {
            model.SaveWeights(folder[file]);
            using Model other = Make(className, config, shape);
            other.LoadWeights(folder[file]);
            Assert.Equal(weights, ReferenceRun.Flatten(other));
            Assert.Empty(other.LoadWarnings);
        }
    }

    [Fact]
    public void Every_layer_is_listed()
    {
        // Inputs are in every model, cells are parts of recurrent layers, text layers are tested separately, and the others are old names.
        string[] elsewhere = ["InputLayer", "SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells", "BatchNormalizationV1",
            "GroupedQueryAttention", "Model", "TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "HashedCrossing"];
        HashSet<string?> listed = [.. Layers.Select(row => (string?)((ITheoryDataRow)row).GetData()[0])];

        Assert.DoesNotContain(Cairn.Layers.LayerRegistry.ClassNames.Except(elsewhere), name => !listed.Contains(name));
    }

    private static Model Make(string className, string config, string shape)
    {
        string[] inputs = Shapes(shape);
        string comma = config.Length == 0 ? "" : ", ";
        string layer = $"'class_name': '{className}', 'config': {{'name': 'tested'{comma}{config}}}";
        var model = Model.FromJson((inputs.Length == 1
            ? $$$"""
                {'class_name': 'Sequential', 'config': {'name': 'every', 'layers': [
                    {'class_name': 'InputLayer', 'config': {'batch_shape': [null, {{{inputs[0]}}}], 'dtype': 'float32', 'name': 'input'}}, {{{{layer}}}}]}}
                """
            : $$$"""{'class_name': 'Functional', 'config': {'name': 'every', {{{FunctionalConfig(layer, inputs, asList: !TakeArguments.Contains(className), "input")}}}}}""").Replace('\'', '"'));
        model.EnsureBuilt();

        // Distinct values for each weight, because biases are initialized with zeros, and gammas with ones.
        int number = 0;
        foreach (Variable weight in model.Weights)
        {
            float[] values = new float[weight.Shape.ElementCount];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = 0.1f + (0.4f * MathF.Abs(MathF.Sin(++number)));
            }

            weight.Assign(NDArray.From(values, weight.Shape));
        }

        return model;
    }

    // A graph of inputs and one layer that takes all of them.
    private static string FunctionalConfig(string layer, string[] shapes, bool asList, string input)
    {
        string[] names = [.. shapes.Select((_, i) => $"{input}_{i}")];
        IEnumerable<string> layers = names.Zip(shapes, (name, shape) =>
            $"{{'class_name': 'InputLayer', 'name': '{name}', 'config': {{'batch_shape': [null, {shape}], 'name': '{name}'}}, "
            + $"'inbound_nodes': []}}");
        string tensors = string.Join(", ", names.Zip(shapes, (name, shape) =>
            $"{{'class_name': '__keras_tensor__', 'config': {{'shape': [null, {shape}], 'dtype': 'float32', 'keras_history': "
            + $"['{name}', 0, 0]}}}}"));
        string arguments = asList ? $"[{tensors}]" : tensors;
        return $$"""
            'layers': [{{string.Join(", ", layers)}}, { {{layer}}, 'name': 'tested', 'inbound_nodes': [{'args': [{{arguments}}], 'kwargs': {} }] }],
            'input_layers': [{{string.Join(", ", names.Select(name => $"['{name}', 0, 0]"))}}], 'output_layers': [['tested', 0, 0]]
            """;
    }

    private static string[] Shapes(string shape) => shape.Split(' ')[0].Split(';');

    private static NDArrays Inputs(string shape) =>
        NDArrays.Create([.. Shapes(shape).Select((one, i) => Input(one, i, shape.EndsWith("ids", StringComparison.Ordinal)))]);

    private static NDArray Input(string shape, int number, bool ids)
    {
        Shape sizes = [3, .. shape.Split(',').Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))];
        float[] values = new float[sizes.ElementCount];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ids ? i * 3 % 7 : MathF.Sin(1 + i + number);
        }

        return NDArray.From(values, sizes);
    }
}
