using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Training;

/// <summary>Steps of training, evaluation and prediction must not allocate, leak tensors or copy batches.</summary>
public sealed class StepCostTests
{
    [Fact]
    public void A_step_of_training_allocates_no_managed_memory_but_what_TorchSharp_takes_for_its_tensors()
    {
        // 14 tensors of 40 bytes, the table of the dispose scope (some 400) and the arrays that TorchSharp allocates in backward (some
        // 300). By autograd, on processors without AVX2, two tensors more.
        double mostBytes = Cairn.Training.Plan.StepPlan.IsOn ? 1_500 : 1_600;
        using Sequential model = Classifier();
        Fit(model, steps: 50);

        // The least of some attempts: what the runtime allocates once now and then does not recur.
        Assert.InRange(Enumerable.Range(0, 3).Min(_ => OfSteps() / 300), 1, mostBytes);

        double OfSteps()
        {
            double few = BytesOf(() => Fit(model, steps: 100));
            return BytesOf(() => Fit(model, steps: 400)) - few;
        }
    }

    [Theory]
    [InlineData("dense", 0)]
    [InlineData("convolution", 0)]
    [InlineData("lstm", 2)]
    [InlineData("gru", 1)]
    [InlineData("attention", 0)]
    public void No_tensor_of_a_step_is_left_to_the_finalizer(string kind, int undefined)
    {
        using Model model = kind == "attention" ? Attention() : Chain(kind);
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy", new Cairn.Metrics.SparseTopKCategoricalAccuracy(2)]);
        NDArray x = kind switch
        {
            "convolution" => new float[32, 6, 6, 1],
            "dense" => new float[32, 20],
            "attention" => new float[32, 64, 32],
            _ => new float[32, 5, 3],
        };
        int[] y = new int[32];
        model.Fit(x, y, batchSize: 4, verbose: 0);

        // Tensors freed by the finalizer are counted on its thread, and so stay alive in the count of this one. An output that the loss
        // does not depend on has an undefined gradient: TorchSharp counts it as a tensor but, since there is nothing to free, never as a
        // freed one.
        long before = Alive();
        model.Fit(x, y, batchSize: 4, epochs: 3, verbose: 0);
        model.Evaluate(x, y, batchSize: 4, verbose: 0);
        model.Predict(x, batchSize: 4, verbose: 0);
        Assert.Equal(before + (3 * 8 * undefined), Alive());

        static Sequential Chain(string kind) => kind switch
        {
            "convolution" =>
                [new Input([6, 6, 1]), new Conv2D(3, 3, activation: "relu"), new Flatten(), new Dense(4, activation: "softmax")],
            "lstm" => [new Input([5, 3]), new LSTM(4), new Dense(4, activation: "softmax")],
            "gru" => [new Input([5, 3]), new GRU(4, returnSequences: true), new Flatten(), new Dense(4, activation: "softmax")],
            _ => [new Input([20]), new Dense(16, activation: "relu"), new Dropout(0.2), new Dense(4, activation: "softmax")],
        };

        // Products that are large enough for their own passes.
        static Functional Attention()
        {
            var sequence = new Input([64, 32]);
            KerasTensor wide = new Dense(256, activation: "relu").Apply(sequence);
            KerasTensor attended = new MultiHeadAttention(2, 16).Apply(wide, wide);
            return new Functional(sequence, new Dense(4, activation: "softmax").Apply(new GlobalAveragePooling1D().Apply(attended)));
        }
    }

    [Fact]
    public void Batches_are_views_in_their_order_and_gathered_once_when_shuffled()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(60, ScalarType.Float32).reshape(20, 3).DetachFromDisposeScope();
        using var data = new TensorDataset([x], [arange(20, ScalarType.Int64)], [], 4);
        Assert.True(data.MoveNext() && data.MoveNext());
        Assert.Equal(Address(x) + (4 * 3 * sizeof(float)), Address(data.Current.X));

        data.BeginPass(new RandomStream(1, RandomPurpose.Shuffling));
        data.MoveNext();
        long created = DisposeScopeManager.Statistics.TensorStatistics.CreatedInScopeCount;
        Batch shuffled = data.Current;

        // The index tensor, and one gathered tensor each for inputs and targets.
        Assert.Equal(3, DisposeScopeManager.Statistics.TensorStatistics.CreatedInScopeCount - created);
        Assert.Equal(shuffled.Y!.data<long>().Select(row => 3f * row), shuffled.X.select(1, 0).contiguous().data<float>());
    }

    [Fact]
    public void Evaluation_and_prediction_run_in_inference_mode_and_training_does_not()
    {
        var seen = new List<bool>();
        using Sequential model = [new Input([20]), new Spy(() => seen.Add(is_inference_mode_enabled())),
            new Dense(4, activation: "softmax")];
        model.Compile("sgd", "sparse_categorical_crossentropy");
        (float[,]? x, int[]? y) = (new float[3, 20], new int[3]);
        model.Fit(x, y, verbose: 0, validationData: (x, y));
        model.Evaluate(x, y, verbose: 0);
        model.Predict(x, verbose: 0);
        Assert.Equal([false, true, true, true], seen);
    }

    [Fact]
    public void Predictions_are_written_into_one_array()
    {
        using Sequential model = [new Input([1]), new Dense(256)];
        float[,] x = new float[4_096, 1];
        model.Predict(x, batchSize: 64, verbose: 0);

        // 4 MB, once; concatenating the batches at the end would take as much again.
        double bytes = BytesOf(() => model.Predict(x, batchSize: 64, verbose: 0));
        Assert.InRange(bytes, 4_194_304, 1.5 * 4_194_304);
    }

    [Fact]
    public void A_callback_without_batch_hooks_adds_nothing_to_a_step()
    {
        using Sequential model = Classifier();
        for (int i = 0; i < 3; i++)
        {
            Fit(model, 100);
            Fit(model, 100, new EarlyStopping("loss"));
        }

        // A single object would take 24 bytes per step, in every attempt; what the runtime allocates once now and then does not recur.
        Assert.Contains(Enumerable.Range(0, 5).Select(_ => Added() / 300), bytes => bytes is > -8 and < 8);

        double Added()
        {
            double without = BytesOf(() => Fit(model, steps: 400)) - BytesOf(() => Fit(model, steps: 100));
            return BytesOf(() => Fit(model, 400, new EarlyStopping("loss"))) - BytesOf(() => Fit(model, 100, new EarlyStopping("loss")))
                - without;
        }
    }

    private static Sequential Classifier()
    {
        Sequential model = [new Input([20]), new Dense(16, activation: "relu"), new Dropout(0.2), new Dense(4)];
        model.Compile("adam", new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
        return model;
    }

    private static void Fit(Sequential model, int steps, params Callback[] callbacks)
    {
        using Tensor x = zeros(32 * steps, 20), y = zeros(32 * steps, ScalarType.Int64);
        model.Fit(x, y, batchSize: 32, verbose: 0, callbacks: callbacks);
    }

    private static double BytesOf(Action work)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static long Alive() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static unsafe nint Address(Tensor tensor) => (nint)Cairn.Native.TensorMemory.PointerTo(tensor);

    private sealed class Spy(Action look) : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            look();
            return x;
        }
    }
}
