using Cairn.Layers;

namespace Cairn.Tests;

public sealed class ModelTests
{
    [Fact]
    public void Layers_and_weights_are_named_as_in_Keras()
    {
        using var model = new Sequential(
            [new Input([8, 8, 1]), new Conv2D(2, 3), new ReLU(), new MaxPooling2D(), new Flatten(), new Dense(4), new Dense(3),
                new Dense(2, name: "out"), new Dense(2)]);

        Assert.Equal(["conv2d", "re_lu", "max_pooling2d", "flatten", "dense", "dense_1", "out", "dense_2"],
            model.Layers.Select(l => l.Name));
        Assert.Equal(["sequential/conv2d/kernel", "sequential/conv2d/bias", "sequential/dense/kernel", "sequential/dense/bias"],
            model.Weights.Take(4).Select(w => w.Path));
        Assert.Equal([3, 3, 1, 2], model.Weights[0].Shape);
        Assert.Equal([18, 4], model.Weights[2].Shape);
    }

    [Fact]
    public void Summary_prints_the_table_of_Keras()
    {
        using var model = new Sequential([new Input([64]), new Dense(32, activation: "relu"), new BatchNormalization(), new Dense(10)]);
        var output = new StringWriter();

        model.Summary(output);

        // Parameters: 64 · 32 + 32 = 2,080; 4 · 32 = 128, half of them trained; 32 · 10 + 10 = 330. Four bytes each.
        Assert.Equal(
            """
            Model: "sequential"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
            ┃ Layer (type)                             ┃ Output Shape           ┃       Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
            │ dense (Dense)                            │ (None, 32)             │         2,080 │
            ├──────────────────────────────────────────┼────────────────────────┼───────────────┤
            │ batch_normalization (BatchNormalization) │ (None, 32)             │           128 │
            ├──────────────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense_1 (Dense)                          │ (None, 10)             │           330 │
            └──────────────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 2,538 (9.91 KB)
             Trainable params: 2,474 (9.66 KB)
             Non-trainable params: 64 (256.00 B)

            """,
            output.ToString());
    }

    [Fact]
    public void A_model_without_an_input_creates_its_weights_from_the_first_data()
    {
        using var model = new Sequential([new Dense(3)], seed: 1);
        Assert.Contains("its input shape is not known", Assert.Throws<InvalidOperationException>(model.GetWeights).Message);

        model.Predict(new float[2, 5], verbose: 0);

        Assert.Equal([5, 3], model.Weights[0].Shape);
    }

    [Fact]
    public void GetWeights_and_SetWeights_copy_a_model()
    {
        using Sequential first = Dense(seed: 1);
        using Sequential second = Dense(seed: 2);
        float[,] x = new float[,] { { 1, 2, 3 } };
        Assert.NotEqual(first.Predict(x, verbose: 0).ToArray(), second.Predict(x, verbose: 0).ToArray());

        second.SetWeights(first.GetWeights());

        Assert.Equal(first.Predict(x, verbose: 0).ToArray(), second.Predict(x, verbose: 0).ToArray());
    }

    [Fact]
    public void SetWeights_with_a_wrong_shape_names_both_and_changes_nothing()
    {
        using Sequential model = Dense(seed: 1);
        float[] before = model.GetWeights()[0].ToArray();

        ArgumentException exception = Assert.Throws<ArgumentException>(() => model.SetWeights([new float[3, 4], new float[3]]));

        Assert.Contains("(4,)", exception.Message);
        Assert.Contains("(3,)", exception.Message);
        Assert.Equal(before, model.GetWeights()[0].ToArray());
        Assert.Contains("2 weights; got 1", Assert.Throws<ArgumentException>(() => model.SetWeights([new float[3, 4]])).Message);
    }

    [Fact]
    public void A_name_used_twice_or_a_slash_in_a_name_is_refused()
    {
        Assert.Contains("'a' is used twice",
            Assert.Throws<ArgumentException>(() => new Sequential([new Dense(1, name: "a"), new Dense(1, name: "a")])).Message);
        Assert.Contains("a/b", Assert.Throws<ArgumentException>(() => new Dense(1, name: "a/b")).Message);
    }

    [Fact]
    public void Inputs_of_another_shape_are_refused_with_both_shapes()
    {
        using Sequential model = Dense(seed: 1);

        string message = Assert.Throws<ArgumentException>(() => model.Predict(new float[2, 7], verbose: 0)).Message;

        Assert.Contains("(None, 3)", message);
        Assert.Contains("(2, 7)", message);
    }

    [Theory]
    [InlineData("adm", "adam")]
    [InlineData("rmsprob", "rmsprop")]
    public void An_unknown_optimizer_names_the_nearest_known_one(string given, string nearest) =>
        Assert.Contains($"Did you mean '{nearest}'?", Assert.Throws<ArgumentException>(() => Dense(1).Compile(given)).Message);

    [Fact]
    public void An_unknown_metric_or_loss_lists_the_known_ones()
    {
        string metric = Assert.Throws<ArgumentException>(() => Dense(1).Compile("sgd", "mse", ["acuracy"])).Message;
        Assert.Contains("Did you mean 'accuracy'?", metric);
        Assert.Contains("'sparse_categorical_accuracy'", metric);
        Assert.Contains("'mean_squared_error'",
            Assert.Throws<ArgumentException>(() => Dense(1).Compile("sgd", "mean_square_error")).Message);
        Assert.Contains("'relu'", Assert.Throws<ArgumentException>(() => new Dense(1, activation: "rleu")).Message);
    }

    [Fact]
    public void Two_metrics_of_one_name_are_refused() =>
        Assert.Contains("'mae' is used twice",
        Assert.Throws<ArgumentException>(() => Dense(1).Compile("sgd", "mse", ["mae", "mae"])).Message);

    [Fact]
    public void The_architecture_survives_a_round_trip_through_JSON()
    {
        using var model = new Sequential(
            [
                new Input([6, 6, 2]), new Rescaling(0.5, -1),
                new Conv2D(4, (3, 2), strides: (2, 1), padding: "same", useBias: false, kernelRegularizer: "l2"),
                new BatchNormalization(momentum: 0.9), new LeakyReLU(0.1), new AveragePooling2D(2, padding: "same"), new Reshape([-1, 2]),
                new Flatten(),
                new Dropout(0.25), new Dense(5, activation: "softplus", activityRegularizer: "l1"), new Activation("tanh"),
                new ReLU(6, 0.1, 0.5), new Softmax(),
            ],
            name: "net",
            seed: 4);

        using var copy = Model.FromJson(model.ToJson());

        Assert.Equal(model.ToJson(), copy.ToJson());
        copy.SetWeights(model.GetWeights());
        float[,,,] x = new float[3, 6, 6, 2];
        for (int i = 0; i < 6; i++)
        {
            x[i % 3, i, 5 - i, i % 2] = i - 2.5f;
        }

        Assert.Equal(model.Predict(x, verbose: 0).ToArray(), copy.Predict(x, verbose: 0).ToArray());
    }

    private static Sequential Dense(long seed) => new([new Input([3]), new Dense(4)], seed: seed);
}
