using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>
/// Layers that draw random numbers outside of training: different for every batch and call, and the same for the same seed.
/// </summary>
public sealed class RandomInferenceTests
{
    private static readonly float[,] X = Ones(12, 6);
    private static readonly float[,] Y = Ones(12, 1);

    /// <summary>What draws when it runs as in training.</summary>
    public static TheoryData<string> Kinds => ["dropout", "noise", "attention", "recurrent", "own"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Batches_and_calls_of_Predict_draw_anew_and_follow_from_the_seed(string kind)
    {
        using Model model = Drawing(kind);
        using Model twin = Drawing(kind);

        float[] first = Predicted(model);
        float[] second = Predicted(model);

        Assert.NotEqual(first, second);
        Assert.NotEqual(first[..(first.Length / 3)], first[(first.Length / 3)..(2 * first.Length / 3)]);
        Assert.Equal(first, Predicted(twin));
        Assert.Equal(second, Predicted(twin));
        twin.Seed = 5;
        Assert.Equal(first, Predicted(twin));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Evaluate_and_TestOnBatch_draw_anew_and_follow_from_the_seed(string kind)
    {
        using Model model = Drawing(kind);
        using Model twin = Drawing(kind);

        double[] losses = [Evaluated(model), Evaluated(model), model.TestOnBatch(X, Y)["loss"], model.TestOnBatch(X, Y)["loss"]];

        Assert.Equal(4, losses.Distinct().Count());
        Assert.Equal<double>(
            losses, new[] { Evaluated(twin), Evaluated(twin), twin.TestOnBatch(X, Y)["loss"], twin.TestOnBatch(X, Y)["loss"] });

        double Evaluated(Model one) => one.Evaluate(X, Y, batchSize: 4, verbose: 0)["loss"];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Validations_and_steps_of_a_run_draw_anew_also_where_nothing_is_trained(bool trains)
    {
        using Model model = Drawing("dropout");
        model.Trainable = trains;

        History history = model.Fit(X, Y, batchSize: 4, epochs: 4, verbose: 0, validationData: (X, Y));

        Assert.Equal(4, history["val_loss"].Distinct().Count());
        Assert.Equal(4, history["loss"].Distinct().Count());
    }

    [Fact]
    public void A_run_that_goes_on_draws_what_it_would_have_drawn()
    {
        using var folder = new TemporaryFolder();
        using Model whole = Drawing("dropout");
        using Model stopped = Drawing("dropout");
        using Model later = Drawing("dropout");
        var expected = new Drawn(stopAfter: null);
        History all = whole.Fit(X, Y, batchSize: 4, epochs: 4, verbose: 0, validationData: (X, Y), callbacks: [expected]);

        var before = new Drawn(stopAfter: 1);
        var after = new Drawn(stopAfter: null);
        stopped.Fit(X, Y, batchSize: 4, epochs: 4, verbose: 0, validationData: (X, Y), callbacks: [before, Backup()],
            cancellationToken: before.Token);
        History rest = later.Fit(X, Y, batchSize: 4, epochs: 4, verbose: 0, validationData: (X, Y), callbacks: [after, Backup()]);

        Assert.Equal(all["val_loss"].TakeLast(2), rest["val_loss"].TakeLast(2));
        Assert.Equal(expected.Sums, [.. before.Sums, .. after.Sums]);
        Assert.Equal(4, expected.Sums.Distinct().Count());

        BackupAndRestore Backup() => new(folder["backup"]);
    }

    [Fact]
    public void An_own_step_that_trains_parts_with_their_own_optimizers_draws_anew()
    {
        using var model = new Sampler { Seed = 3 };
        model.Compile("sgd");

        model.Fit(X, Y, batchSize: 4, epochs: 2, verbose: 0);

        Assert.Equal(6, model.Sums.Distinct().Count());
    }

    private static float[] Predicted(Model model) => model.Predict(X, batchSize: 4, verbose: 0).ToArray();

    private static Model Drawing(string kind)
    {
        var input = new Input([6]);
        KerasTensor steps = new Reshape([3, 2]).Apply(input);
        KerasTensor y = kind switch
        {
            "dropout" => new Dropout(0.5).Apply(input, training: true),
            "noise" => new GaussianNoise(1).Apply(input, training: true),
            "attention" => new Flatten().Apply(Attended(steps)),
            "recurrent" => new LSTM(4, dropout: 0.5).Apply(steps, training: true),
            _ => new Shifted().Apply(input),
        };
        var model = new Functional([input], [new Dense(1).Apply(y)], seed: 5);
        model.Compile("sgd", "mse");
        return model;

        static KerasTensor Attended(KerasTensor x)
        {
            var inner = new Input([3, 2]);
            var part = new Functional([inner], [new MultiHeadAttention(1, 2, dropout: 0.5).Apply(inner, inner)]);
            return part.Apply(x, training: true);
        }
    }

    private static float[,] Ones(int rows, int columns)
    {
        float[,] numbers = new float[rows, columns];
        for (int i = 0; i < rows * columns; i++)
        {
            numbers[i / columns, i % columns] = 1 + (0.1f * (i % columns));
        }

        return numbers;
    }

    private sealed class Shifted() : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => x + randn(x.shape, generator: context.Random);
    }

    private sealed class Drawn(int? stopAfter) : Callback
    {
        private readonly CancellationTokenSource source = new();

        public CancellationToken Token => source.Token;

        public List<float> Sums { get; } = [];

        public override void OnEpochEnd(int epoch, Logs logs)
        {
            Sums.Add(Model.Predict(X, verbose: 0).ToArray().Sum());
            if (epoch == stopAfter)
            {
                source.Cancel();
            }
        }
    }

    private sealed class Sampler : Model
    {
        private readonly Dense head;

        public Sampler() => head = AddSublayer(new Dense(1), "head");

        public List<float> Sums { get; } = [];

        protected override Tensor Call(Tensor x, CallContext context) => head.Apply(x, context);

        protected override Logs? TrainStep(Cairn.Data.Batch batch, CallContext context)
        {
            Sums.Add(randn([8], generator: context.Random).sum().item<float>());
            return new Logs([KeyValuePair.Create("loss", 0.0)]);
        }
    }
}
