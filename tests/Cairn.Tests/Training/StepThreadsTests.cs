using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Native;
using Cairn.Tests.Native;
using static TorchSharp.torch;

namespace Cairn.Tests.Training;

[Collection(nameof(AloneCollection))]
public sealed class StepThreadsTests : IDisposable
{
    private readonly int before = get_num_threads();

    // The fixture of all tests has set one thread.
    public StepThreadsTests() => set_num_threads(Cairn.Native.OneThread.Usual ?? 1);

    public void Dispose() => set_num_threads(before);

    // 64 x 64 products a sample: 32 samples are a small step, 2,000 are not.
    [Theory]
    [InlineData(32, true)]
    [InlineData(2000, false)]
    public void A_small_step_runs_on_one_thread_and_the_number_is_restored(int batchSize, bool isSmall)
    {
        int usual = RequireSettable();
        using Sequential model = Compiled([new Input([64]), new Dense(64), new Dense(1)]);
        List<int> during = [];
        var look = new LambdaCallback(onTrainBatchEnd: (_, _) => during.Add(get_num_threads()));
        model.Fit(new float[2000, 64], new float[2000, 1], batchSize, epochs: 1, verbose: 0, callbacks: [look]);
        Assert.All(during, threads => Assert.Equal(isSmall ? 1 : usual, threads));
        Assert.NotEmpty(during);
        Assert.Equal(usual, get_num_threads());
    }

    [Fact]
    public void A_model_of_images_keeps_the_threads_because_its_weights_do_not_tell_the_work()
    {
        int usual = RequireSettable();
        using Sequential model = Compiled([new Input([8, 8, 1]), new Conv2D(2, 3), new Flatten(), new Dense(1)]);
        int during = 0;
        var look = new LambdaCallback(onTrainBatchEnd: (_, _) => during = get_num_threads());
        model.Fit(new float[4, 8, 8, 1], new float[4, 1], epochs: 1, verbose: 0, callbacks: [look]);
        Assert.Equal(usual, during);
    }

    [Fact]
    public void A_recurrent_layer_keeps_the_threads_because_it_uses_its_weights_at_each_step_of_a_sequence()
    {
        int usual = RequireSettable();
        using Sequential model = Compiled([new Input([8, 3]), new LSTM(4), new Dense(1)]);
        int during = 0;
        var look = new LambdaCallback(onTrainBatchEnd: (_, _) => during = get_num_threads());
        model.Fit(new float[4, 8, 3], new float[4, 1], epochs: 1, verbose: 0, callbacks: [look]);
        Assert.Equal(usual, during);
    }

    [Fact]
    public void A_layer_without_weights_may_take_images()
    {
        RequireSettable();
        using Sequential model = Compiled([new Input([8, 8, 1]), new Flatten(), new Dense(1)]);
        int during = 0;
        var look = new LambdaCallback(onTrainBatchEnd: (_, _) => during = get_num_threads());
        model.Fit(new float[4, 8, 8, 1], new float[4, 1], epochs: 1, verbose: 0, callbacks: [look]);
        Assert.Equal(1, during);
    }

    [Fact]
    public void A_run_that_fails_restores_the_threads()
    {
        int usual = RequireSettable();
        using Sequential model = Compiled([new Input([4]), new Dense(1)]);
        var fail = new LambdaCallback(onTrainBatchEnd: (_, _) => throw new InvalidOperationException("stop"));
        Assert.ThrowsAny<Exception>(() => model.Fit(new float[4, 4], new float[4, 1], epochs: 1, verbose: 0, callbacks: [fail]));
        Assert.Equal(usual, get_num_threads());
    }

    private static int RequireSettable()
    {
        int usual = get_num_threads();
        Assert.SkipWhen(usual == 1, "libtorch has one thread here");
        Assert.SkipUnless(GnuOpenMP.CanSetThreads, "the number of threads of a thread's operations can be set with GNU OpenMP and MKL");
        Assert.SkipWhen(Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null, "the user has set the number of threads");
        return usual;
    }

    private static Sequential Compiled(Layer[] layers)
    {
        var model = new Sequential(layers);
        model.Compile("sgd", "mse");
        return model;
    }
}
