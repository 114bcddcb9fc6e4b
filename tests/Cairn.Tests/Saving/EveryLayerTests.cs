using Cairn.Data;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Every layer in every format, described as Keras describes it. A new layer joins the list.</summary>
/// <remarks>
/// With the environment variable CAIRN_KEEP set to a folder, the files, the inputs and the predictions stay there, so that real Keras can be
/// asked what it makes of them.
/// </remarks>
public sealed class EveryLayerTests
{
    private static readonly string? Keep = Environment.GetEnvironmentVariable("CAIRN_KEEP");

    /// <summary>Class, configuration, and the shape of a sample.</summary>
    public static TheoryData<string, string, string> Layers
    {
        get
        {
            var data = new TheoryData<string, string, string>
            {
                { "Dense", "'units': 4, 'activation': 'gelu', 'kernel_regularizer': {'class_name': 'L2', 'config': {'l2': 0.1}}", "6,3" },
                { "Dense", "'units': 4, 'use_bias': false, 'kernel_initializer': 'he_normal', 'kernel_constraint': {'class_name': 'MaxNorm', 'config': {'max_value': 2, 'axis': 0}}", "5" },
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
                { "RNN", "'cell': {'class_name': 'StackedRNNCells', 'config': {'cells': [{'class_name': 'LSTMCell', 'config': {'units': 3}}, {'class_name': 'SimpleRNNCell', 'config': {'units': 2}}]}}", "6,3" },
                { "Bidirectional", "'layer': {'class_name': 'LSTM', 'config': {'units': 3, 'name': 'inner'}}, 'merge_mode': 'sum'", "6,3" },
                { "TimeDistributed", "'layer': {'class_name': 'Dense', 'config': {'units': 2, 'name': 'inner'}}", "6,3" },
            };
            foreach ((int axes, string shape) in new[] { (1, "8,2"), (2, "8,7,2"), (3, "5,6,5,2") })
            {
                foreach (string padding in new[] { "valid", "same" })
                {
                    data.Add($"Conv{axes}D", $"'filters': 4, 'kernel_size': 2, 'strides': 2, 'padding': '{padding}', 'activation': 'relu'", shape);
                    data.Add($"MaxPooling{axes}D", $"'pool_size': 2, 'padding': '{padding}'", shape);
                    data.Add($"AveragePooling{axes}D", $"'pool_size': 2, 'strides': 1, 'padding': '{padding}'", shape);
                    data.Add($"Conv{axes}DTranspose", $"'filters': 3, 'kernel_size': 3, 'strides': 2, 'padding': '{padding}'", shape);
                    if (axes == 3) continue;
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
    public void A_layer_comes_back_from_every_format_with_the_same_bits(string className, string config, string shape)
    {
        using var folder = new TemporaryFolder();
        using Model model = Make(className, config, shape);
        NDArray x = Input(shape);
        float[] expected = model.Predict(x, verbose: 0).ToArray();
        float[] weights = ReferenceRun.Flatten(model);
        string json = model.ToJson();
        foreach (string file in new[] { "model.keras", "model.h5" })
        {
            model.Save(folder[file]);
            using Model loaded = Model.Load(folder[file]);
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

        if (Keep is not null) Leave(folder, $"{className}_{Math.Abs(json.Sum(c => c * 31 % 997))}", x, expected, weights);
    }

    [Fact]
    public void Every_layer_that_takes_one_input_is_listed()
    {
        // Those of several inputs are in FunctionalTests, cells are parts of others, and one is an old name.
        string[] elsewhere =
        [
            "InputLayer", "BatchNormalizationV1", "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot", "SimpleRNNCell",
            "LSTMCell", "GRUCell", "StackedRNNCells", "MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention",
            "Sequential", "Functional", "Model", "Identity", "AlphaDropout", "Normalization", "CategoryEncoding", "Discretization",
        ];
        HashSet<string?> listed = [.. Layers.Select(row => (string?)((ITheoryDataRow)row).GetData()[0])];

        Assert.DoesNotContain(Cairn.Layers.LayerRegistry.ClassNames.Except(elsewhere), name => !listed.Contains(name));
    }

    private static Model Make(string className, string config, string shape)
    {
        string batch = string.Join(", ", shape.Split(' ')[0].Split(','));
        string comma = config.Length == 0 ? "" : ", ";
        Model model = Model.FromJson(
            $$$"""
            {'class_name': 'Sequential', 'config': {'name': 'every', 'layers': [
                {'class_name': 'InputLayer', 'config': {'batch_shape': [null, {{{batch}}}], 'dtype': 'float32', 'name': 'input'}},
                {'class_name': '{{{className}}}', 'config': {'name': 'tested'{{{comma}}}{{{config}}}}}]}}
            """.Replace('\'', '"'));
        model.Build([Shape.None, .. shape.Split(' ')[0].Split(',').Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))]);

        // Numbers of their own for each weight: biases begin as zeros, and gammas as ones.
        int number = 0;
        foreach (Variable weight in model.Weights)
        {
            var values = new float[weight.Shape.ElementCount];
            for (int i = 0; i < values.Length; i++) values[i] = 0.1f + (0.4f * MathF.Abs(MathF.Sin(++number)));
            weight.Assign(NDArray.From(values, weight.Shape));
        }

        return model;
    }

    private static NDArray Input(string shape)
    {
        bool ids = shape.EndsWith("ids", StringComparison.Ordinal);
        Shape sizes = [3, .. shape.Split(' ')[0].Split(',').Select(size => long.Parse(size, System.Globalization.CultureInfo.InvariantCulture))];
        var values = new float[sizes.ElementCount];
        for (int i = 0; i < values.Length; i++) values[i] = ids ? i * 3 % 7 : MathF.Sin(1 + i);
        return NDArray.From(values, sizes);
    }

    private static void Leave(TemporaryFolder folder, string name, NDArray x, float[] predictions, float[] weights)
    {
        string target = Path.Combine(Keep!, name);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(folder.Folder)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        NpyFile.Write(Path.Combine(target, "x.npy"), Array(x.ToArray(), [.. x.Shape]));
        NpyFile.Write(Path.Combine(target, "predictions.npy"), Array(predictions, [predictions.Length]));
        NpyFile.Write(Path.Combine(target, "weights.npy"), Array(weights, [weights.Length]));
    }

    private static NpyArray Array(float[] values, long[] shape) =>
        new(WeightType.Float32, shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
