using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Data;

/// <summary>Runs on streamed data: lengths, ends, failures, disposal.</summary>
public sealed class StreamingRunTests
{
    [Fact]
    public void A_sequence_is_enumerated_once_per_epoch_and_each_enumerator_is_disposed()
    {
        int begun = 0, ended = 0;
        IEnumerable<Batch> Data()
        {
            begun++;
            try
            {
                foreach (Batch batch in SmallData.Batches())
                {
                    yield return batch;
                }
            }
            finally
            {
                ended++;
            }
        }

        using Sequential model = SmallData.Model();
        model.Fit(Data(), epochs: 3, verbose: 0);

        Assert.Equal((3, 3), (begun, ended));
    }

    [Fact]
    public void The_batches_of_a_lazy_sequence_are_disposed_except_those_to_be_left_open()
    {
        var lazy = new List<Batch>();
        var open = new List<Batch>();
        IEnumerable<Batch> Data()
        {
            foreach (Batch batch in SmallData.Batches())
            {
                var kept = new Batch(batch.X, batch.Y, leaveOpen: lazy.Count < 2);
                (kept.LeaveOpen ? open : lazy).Add(kept);
                if (open.Count == 2)
                {
                    lazy.Add(batch);
                }

                yield return kept;
            }
        }

        using Sequential model = SmallData.Model();
        model.Fit(Data(), verbose: 0);

        Assert.All(lazy.Skip(1), batch => Assert.True(batch.X.IsInvalid));
        Assert.All(open, batch => Assert.False(batch.X.IsInvalid));
        Assert.NotEmpty(open);
    }

    [Fact]
    public void A_batch_that_was_freed_and_comes_again_is_named()
    {
        Batch[] once = [.. SmallData.Batches()];
        using Sequential model = SmallData.Model();

        InvalidOperationException exception =
            Assert.Throws<InvalidOperationException>(() => model.Fit(once.Select(batch => batch), epochs: 2, verbose: 0));

        Assert.Contains("leaveOpen: true", exception.Message);
    }

    [Fact]
    public void Prefetching_stays_within_its_bounds()
    {
        int handedOut = 0, used = 0, most = 0;
        IEnumerable<Batch> Data()
        {
            for (int i = 0; i < 40; i++)
            {
                most = Math.Max(most, ++handedOut - Volatile.Read(ref used));
                yield return new Batch(new float[2, 4], new int[2]);
            }
        }

        using Sequential model = SmallData.Model();
        var slow = new LambdaCallback(onTrainBatchEnd: (_, _) =>
        {
            Thread.Sleep(2);
            Interlocked.Increment(ref used);
        });
        model.Fit(Dataset.From(Data(), prefetch: 3), verbose: 0, callbacks: [slow]);

        // Three are queued, the reader has one, and the step has one.
        Assert.InRange(most, 2, 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Fit_throws_the_exception_of_a_sequence_after_the_batches_before_it(int prefetch)
    {
        static IEnumerable<Batch> Data()
        {
            foreach (Batch batch in SmallData.Batches().Take(3))
            {
                yield return batch;
            }

            throw new IOException("the disk is gone");
        }

        using Sequential model = SmallData.Model();
        int batches = 0;

        IOException exception = Assert.Throws<IOException>(() => model.Fit(
            Dataset.From(Data(), prefetch: prefetch), verbose: 0, callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) => batches++)]));

        Assert.Equal(("the disk is gone", 3), (exception.Message, batches));
    }

    [Fact]
    public void Waiting_for_data_ends_when_the_training_is_cancelled()
    {
        static async IAsyncEnumerable<Batch> Data([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop = default)
        {
            yield return new Batch(new float[2, 4], new int[2]);
            await Task.Delay(Timeout.Infinite, stop);
        }

        using Sequential model = SmallData.Model();
        using var source = new CancellationTokenSource();
        var cancel = new LambdaCallback(onTrainBatchEnd: (_, _) => source.CancelAfter(20));

        History history = model.Fit(Data(), verbose: 0, callbacks: [cancel], cancellationToken: source.Token);

        Assert.Contains(history.Events, e => e.Kind == EventKind.Interrupted && e.Batch == 0);
    }

    [Fact]
    public void An_endless_sequence_trains_by_steps_and_continues_where_the_last_epoch_stopped()
    {
        var seen = new List<float>();
        IEnumerable<Batch> Data()
        {
            for (int i = 0; ; i++)
            {
                seen.Add(i);
                yield return new Batch(new float[2, 4], new int[2]);
            }
        }

        using Sequential model = SmallData.Model();
        History history = model.Fit(Dataset.From(Data(), prefetch: 0), epochs: 3, stepsPerEpoch: 4, verbose: 0);

        Assert.Equal(3, history["loss"].Count);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), seen);
    }

    [Fact]
    public void A_sequence_that_ends_within_an_epoch_ends_it_with_a_warning_and_starts_over_in_the_next()
    {
        using Sequential model = SmallData.Model();
        var epochs = new List<int>();
        using var error = new StringWriter();
        TextWriter before = Console.Error;
        Console.SetError(error);
        try
        {
            int batches = 0;
            model.Fit(
                SmallData.Batches(), epochs: 4, stepsPerEpoch: 3, verbose: 0,
                callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) => batches++, onEpochEnd: (_, _) => epochs.Add(batches))]);
        }
        finally
        {
            Console.SetError(before);
        }

        // Five batches per pass: 3, 2, 3, 2.
        Assert.Equal([3, 5, 8, 10], epochs);
        Assert.Contains("Your input ran out of data; interrupting the epoch. A pass has 5 batches", error.ToString());
    }

    [Fact]
    public void A_sequence_of_unknown_length_shows_its_length_at_the_end_of_the_bar()
    {
        using Sequential model = SmallData.Model();
        using var output = new StringWriter { NewLine = "\n" };
        model.Output = output;

        model.Fit(SmallData.Batches(), verbose: 2);

        Assert.StartsWith("5/5 - ", output.ToString());
    }

    [Fact]
    public void Callbacks_get_a_known_length_but_not_an_unknown_one()
    {
        int?[] steps = new int?[2];
        using Sequential model = SmallData.Model();
        var first = new Watching();
        var second = new Watching();

        model.Fit(Dataset.From(SmallData.Batches(), count: 5), verbose: 0, callbacks: [first]);
        model.Fit(SmallData.Batches(), verbose: 0, callbacks: [second]);

        Assert.Equal((5, null), (first.Steps, second.Steps));
    }

    [Fact]
    public void A_sequence_without_batches_is_refused()
    {
        using Sequential model = SmallData.Model();
        Assert.Contains("no batches", Assert.Throws<ArgumentException>(() => model.Fit(Array.Empty<Batch>(), verbose: 0)).Message);
    }

    [Fact]
    public void Batches_that_differ_in_their_arrays_are_named()
    {
        static IEnumerable<Batch> Data()
        {
            yield return new Batch(new float[2, 4], new int[2]);
            yield return new Batch(new float[2, 4, 1], new int[2]);
        }

        using Sequential model = SmallData.Model();
        Assert.Contains("The inputs of batch 1 have the shape (None, 4, 1)",
            Assert.Throws<ArgumentException>(() => model.Fit(Data(), verbose: 0)).Message);
    }

    [Fact]
    public void A_batch_whose_arrays_differ_in_samples_is_refused()
    {
        Assert.Contains("same number of samples",
            Assert.Throws<ArgumentException>("y", () => new Batch(new float[2, 4], new int[3])).Message);
    }

    private sealed class Watching : Callback
    {
        public int? Steps { get; private set; }

        public override void OnTrainBegin(Cairn.Callbacks.Logs logs) => Steps = Params.Steps;
    }
}
