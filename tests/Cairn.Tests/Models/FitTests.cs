using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Tests.Training;
using Cairn.Training;

namespace Cairn.Tests;

public sealed class FitTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        float[] first = Weights(seed: 7);

        Assert.Equal(first, Weights(seed: 7));
        Assert.NotEqual(first, Weights(seed: 8));
    }

    [Fact]
    public void A_run_resumed_from_a_file_ends_with_the_bits_of_an_uninterrupted_one()
    {
        (float[,] x, int[] y) = Data(90);
        using var folder = new Saving.TemporaryFolder();
        using Sequential whole = Classifier(seed: 5);
        whole.Fit(x, y, epochs: 6, verbose: 0, seed: 5);

        using (Sequential half = Classifier(seed: 5))
        {
            half.Fit(x, y, epochs: 3, verbose: 0, seed: 5);
            half.Save(folder["half.h5"]);
        }

        using var rest = Model.Load(folder["half.h5"]);
        rest.Fit(x, y, epochs: 6, initialEpoch: 3, verbose: 0, seed: 5);

        Assert.Equal(ReferenceRun.Flatten(whole), ReferenceRun.Flatten(rest));
    }

    [Fact]
    public void Shuffling_uses_every_sample_once_per_epoch_in_a_new_order()
    {
        long[] first = new RandomStream(3, RandomPurpose.Shuffling, 0).NextPermutation(1000);
        long[] second = new RandomStream(3, RandomPurpose.Shuffling, 1).NextPermutation(1000);

        Assert.NotEqual(first, second);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), first.Order());
        Assert.Equal(first.Order(), second.Order());
    }

    [Theory]
    [InlineData(0.2, 80)]
    [InlineData(0.33, 67)]
    [InlineData(0.1, 90)]
    public void ValidationSplit_takes_the_last_share_before_shuffling(double split, int training)
    {
        // A bias-free unit with weight 1: the prediction is the input, so the losses tell which samples were where.
        float[,] x = new float[100, 1];
        float[] y = new float[100];
        for (int i = 0; i < 100; i++)
        {
            (x[i, 0], y[i]) = (i, i < training ? i : i + 1);
        }

        using var model = new Sequential([new Input([1]), new Dense(1, useBias: false, kernelInitializer: "ones")]);
        model.Compile(new Cairn.Optimizers.SGD(0.0), "mse");

        History history = model.Fit(x, y, validationSplit: split, verbose: 0);

        Assert.Equal(0, history["loss"][0]);
        Assert.Equal(1, history["val_loss"][0]);
    }

    [Theory]
    [InlineData(0.999)]
    [InlineData(1e-17)]
    public void A_validationSplit_that_leaves_no_samples_is_refused_with_the_counts(double split)
    {
        (float[,] x, int[] y) = Data(10);
        using Sequential model = Classifier(1);

        ArgumentException exception = Assert.Throws<ArgumentException>(() => model.Fit(x, y, validationSplit: split, verbose: 0));

        Assert.Equal("validationSplit", exception.ParamName);
        Assert.Contains("of 10 samples leaves", exception.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void A_validationSplit_outside_0_to_1_is_refused(double split)
    {
        (float[,] x, int[] y) = Data(10);
        Assert.Throws<ArgumentOutOfRangeException>("validationSplit", () => Classifier(1).Fit(x, y, validationSplit: split, verbose: 0));
    }

    [Fact]
    public void Empty_data_is_named()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>("x", () => Classifier(1).Fit(new float[0, 4], Array.Empty<int>()));
        Assert.Contains("(0, 4)", exception.Message);
    }

    [Fact]
    public void Inputs_and_targets_of_different_numbers_are_refused_with_both()
    {
        string message = Assert.Throws<ArgumentException>("y", () => Classifier(1).Fit(new float[5, 4], new int[4])).Message;
        Assert.Contains("5 samples", message);
        Assert.Contains("has 4", message);
    }

    [Fact]
    public void NaN_in_the_data_is_named_with_its_place()
    {
        (float[,] x, int[] y) = Data(10);
        x[3, 2] = float.NaN;
        x[7, 0] = float.NaN;

        string message = Assert.Throws<ArgumentException>("x", () => Classifier(1).Fit(x, y, verbose: 0)).Message;

        Assert.Contains("[3, 2]", message);
        Assert.Contains("2 of 40", message);
    }

    [Fact]
    public void NaN_in_the_data_can_be_allowed_and_makes_the_loss_NaN()
    {
        (float[,] x, int[] y) = Data(10);
        x[3, 2] = float.NaN;
        using Sequential model = Classifier(1);

        Assert.True(double.IsNaN(model.Fit(x, y, verbose: 0, allowNaN: true)["loss"][0]));
    }

    [Fact]
    public void Targets_of_another_shape_are_refused_with_both_shapes_and_the_loss_that_fits()
    {
        using var model = new Sequential([new Dense(3, activation: "softmax")], seed: 1);
        model.Compile("sgd", "categorical_crossentropy");
        string oneHot = Assert.Throws<ArgumentException>("y", () => model.Fit(new float[6, 4], new int[6], verbose: 0)).Message;
        Assert.Contains("(None,)", oneHot);
        Assert.Contains("(None, 3)", oneHot);
        Assert.Contains("sparse_categorical_crossentropy", oneHot);

        model.Compile("sgd", "sparse_categorical_crossentropy");
        Assert.Contains("'categorical_crossentropy'",
            Assert.Throws<ArgumentException>("y", () => model.Fit(new float[6, 4], new float[6, 3], verbose: 0)).Message);
    }

    [Fact]
    public void A_label_outside_the_range_of_classes_is_named()
    {
        string message = Assert.Throws<ArgumentException>("y",
            () => Classifier(1).Fit(new float[2, 4], new[] { 0, 3 }, verbose: 0)).Message;
        Assert.Contains("class 3", message);
        Assert.Contains("0 to 2", message);
    }

    [Fact]
    public void Fit_before_Compile_and_Compile_without_a_loss_say_what_is_missing()
    {
        using var model = new Sequential([new Dense(1)]);
        Assert.Contains("Call Compile", Assert.Throws<InvalidOperationException>(() => model.Fit(new float[2, 2], new float[2])).Message);
        model.Compile();
        Assert.Contains("needs a loss", Assert.Throws<InvalidOperationException>(() => model.Fit(new float[2, 2], new float[2])).Message);
    }

    [Fact]
    public void Arrays_of_every_kind_train_equally()
    {
        float[,] x2 = new float[6, 4];
        for (int i = 0; i < 24; i++)
        {
            x2[i / 4, i % 4] = MathF.Sin(i);
        }

        float[] flat = [.. x2.Cast<float>()];
        int[] y = [0, 1, 2, 0, 1, 2];
        NDArray[] inputs =
        [
            x2,
            Enumerable.Range(0, 6).Select(r => flat[(4 * r)..((4 * r) + 4)]).ToArray(),
            NDArray.From(flat.AsMemory(), [6, 4]),
            NDArray.From(Array.ConvertAll(flat, f => (double)f), [6, 4]),
            TorchSharp.torch.tensor(flat, [6, 4]),
        ];
        NDArray[] targets = [y, Array.ConvertAll(y, i => (long)i), Array.ConvertAll(y, i => (byte)i), Array.ConvertAll(y, i => (float)i),
            new int[,] { { 0 }, { 1 }, { 2 }, { 0 }, { 1 }, { 2 } }];

        float[][] results = [.. inputs.Zip(targets).Select(pair =>
        {
            using Sequential model = Classifier(2);
            model.Fit(pair.First, pair.Second, batchSize: 4, epochs: 2, verbose: 0, seed: 2);
            return ReferenceRun.Flatten(model);
        })];

        Assert.All(results, r => Assert.Equal(results[0], r));
    }

    [Fact]
    public void Cancelling_stops_after_the_batch_and_returns_the_history_with_an_event()
    {
        (float[,] x, int[] y) = Data(90);
        using var source = new CancellationTokenSource();
        var canceller = new CancelAt(source, epoch: 1, batch: 1);
        using Sequential model = Classifier(1);

        History history = model.Fit(x, y, batchSize: 10, epochs: 5, verbose: 0, callbacks: [canceller], cancellationToken: source.Token);

        Assert.Equal([0], history.Epochs);
        Assert.Equal(11, model.Optimizer!.Iterations);
        TrainingEvent interrupted = Assert.Single(history.Events, e => e.Kind == EventKind.Interrupted);
        Assert.Equal((1, 1), (interrupted.Epoch, interrupted.Batch));
        Assert.True(canceller.Ended);
    }

    [Fact]
    public void StopTraining_set_in_a_batch_ends_the_epoch_there_with_its_hooks()
    {
        (float[,] x, int[] y) = Data(90);
        using Sequential model = Classifier(1);

        History history = model.Fit(x, y, batchSize: 10, epochs: 5, verbose: 0, validationSplit: 0.5, callbacks: [new StopAt(batch: 2)]);

        Assert.Equal([0], history.Epochs);
        Assert.Equal(3, model.Optimizer!.Iterations);
        Assert.Single(history["val_loss"]);
    }

    [Fact]
    public void No_tensor_outlives_a_run_but_the_weights_and_the_optimizer_state()
    {
        (float[,] x, int[] y) = Data(60);
        using Sequential model = Classifier(1);
        model.Fit(x, y, epochs: 1, verbose: 0, validationSplit: 0.2);
        long before = TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        model.Fit(x, y, epochs: 3, verbose: 0, validationSplit: 0.2);
        model.Evaluate(x, y, verbose: 0);
        model.Predict(x, verbose: 0);

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    internal static (float[,] X, int[] Y) Data(int count)
    {
        var random = new RandomStream(11, RandomPurpose.Initialization);
        float[,] x = new float[count, 4];
        int[] y = new int[count];
        for (int i = 0; i < count; i++)
        {
            y[i] = i % 3;
            for (int j = 0; j < 4; j++)
            {
                x[i, j] = (float)random.NextNormal() + (j == y[i] ? 1 : 0);
            }
        }

        return (x, y);
    }

    internal static Sequential Classifier(long seed)
    {
        var model = new Sequential([new Dense(8, activation: "relu"), new Dropout(0.2), new Dense(3, activation: "softmax")], seed: seed);
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
        return model;
    }

    private static float[] Weights(long seed)
    {
        (float[,] x, int[] y) = Data(90);
        using Sequential model = Classifier(seed);
        model.Fit(x, y, epochs: 3, verbose: 0);
        return ReferenceRun.Flatten(model);
    }

    private sealed class CancelAt(CancellationTokenSource source, int epoch, int batch) : Callback
    {
        private int current;

        public bool Ended { get; private set; }

        public override void OnEpochBegin(int epoch, Logs logs) => current = epoch;

        public override void OnTrainBatchEnd(int index, Logs logs)
        {
            if (current == epoch && index == batch)
            {
                source.Cancel();
            }
        }

        public override void OnTrainEnd(Logs logs) => Ended = true;
    }

    private sealed class StopAt(int batch) : Callback
    {
        public override void OnTrainBatchEnd(int index, Logs logs) => Model.StopTraining |= index == batch;
    }
}
