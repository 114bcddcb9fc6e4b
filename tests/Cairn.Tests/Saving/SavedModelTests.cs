using Cairn.Saving;

namespace Cairn.Tests.Saving;

/// <summary>Cairn's models in legacy files, and models that can't be saved.</summary>
public sealed class SavedModelTests
{
    [Fact]
    public void H5dump_reads_a_model_that_was_trained_here()
    {
        OutsideTools.RequireH5dump();
        using var folder = new TemporaryFolder();
        (float[,] x, int[] y) = FitTests.Data(30);
        using Sequential model = FitTests.Classifier(1);
        model.Fit(x, y, verbose: 0);

        model.Save(folder["model.h5"]);

        string listing = OutsideTools.H5dump("-n", "1", folder["model.h5"]);
        Assert.Contains("/model_weights/dense/sequential/dense/kernel", listing);
        Assert.Contains("/optimizer_weights/adam/iteration", listing);
        Assert.Contains("/training_config", listing);
    }

    [Fact]
    public void A_model_with_every_layer_is_loaded_and_continues_training_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        float[,,,] x = new float[12, 8, 8, 2];
        int[] y = new int[12];
        for (int i = 0; i < 12; i++)
        {
            y[i] = i % 3;
            for (int p = 0; p < 128; p++)
            {
                x[i, p / 16, p / 2 % 8, p % 2] = MathF.Sin((i + 1) * p);
            }
        }

        using var model = new Sequential(
            [
                new Cairn.Layers.Rescaling(2, 0.1), new Cairn.Layers.Conv2D(3, 3, padding: "same"), new Cairn.Layers.BatchNormalization(),
                new Cairn.Layers.ReLU(),
                new Cairn.Layers.MaxPooling2D(), new Cairn.Layers.Conv2D(4, 2, strides: 2), new Cairn.Layers.LeakyReLU(),
                new Cairn.Layers.AveragePooling2D(2, strides: 1),
                new Cairn.Layers.Dropout(0.2),
                new Sequential([new Cairn.Layers.Flatten(), new Cairn.Layers.Dense(6, activation: "tanh")], name: "inner"),
                new Cairn.Layers.Reshape([2, 3]), new Cairn.Layers.Flatten(), new Cairn.Layers.Dense(3),
                new Cairn.Layers.Activation("linear"), new Cairn.Layers.Softmax(),
            ],
            seed: 9);
        model.Compile(new Cairn.Optimizers.RMSprop(0.01, momentum: 0.5), "sparse_categorical_crossentropy", ["accuracy"]);
        model.Fit(x, y, batchSize: 5, epochs: 2, verbose: 0);
        model.Save(folder["model.h5"]);
        using var loaded = Model.Load(folder["model.h5"]);

        model.Fit(x, y, batchSize: 5, epochs: 4, initialEpoch: 2, verbose: 0, seed: 9);
        loaded.Fit(x, y, batchSize: 5, epochs: 4, initialEpoch: 2, verbose: 0, seed: 9);

        Assert.Equal(Cairn.Tests.Training.ReferenceRun.Flatten(model), Cairn.Tests.Training.ReferenceRun.Flatten(loaded));
        Assert.Equal(["loss", "accuracy"], loaded.Metrics.Select(m => m.Name));
    }

    [Fact]
    public void An_unknown_layer_is_named_with_its_place_in_the_file()
    {
        string json =
            """{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dence", "config": {"units": 3}}]}}""";

        ModelFormatException exception = Assert.Throws<Cairn.Saving.ModelFormatException>(() => Model.FromJson(json));

        Assert.Contains("layers[0]", exception.Message);
        Assert.Contains("Did you mean 'Dense'?", exception.Message);
    }

    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model")]
    public void A_name_of_another_kind_is_refused_with_what_is_allowed(string name)
    {
        using var model = new Sequential([new Cairn.Layers.Input([2]), new Cairn.Layers.Dense(1)]);
        Assert.Contains(".h5", Assert.Throws<ArgumentException>(() => model.Save(name)).Message);
        Assert.Contains("SaveWeights", Assert.Throws<ArgumentException>(() => model.Save("x.weights.h5")).Message);
        Assert.Contains(".weights.h5", Assert.Throws<ArgumentException>(() => model.SaveWeights("x.h5")).Message);
    }
}
