using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.EventFiles;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Callbacks;

/// <summary>A log that can't be written for a moment ends no training that can do without it.</summary>
public sealed class LogErrorPolicyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_that_could_not_be_written_are_written_with_the_next_ones(bool lasting)
    {
        using var folder = new TemporaryFolder();
        (string[] whole, _, _) = Train(folder, "whole", null, 0, lasting: false);
        for (int call = 1; call <= 8; call++)
        {
            (string[] rows, History history, string error) = Train(folder, $"{call}", "warn", call, lasting);
            if (!lasting)
            {
                Assert.Equal(whole, rows);
            }

            Assert.Equal(5, history.Epochs.Count);
            TrainingEvent warning = Assert.Single(history.Events, one => one.Kind == EventKind.Warning);
            Assert.StartsWith("CSVLogger could not write to", warning.Message);
            Assert.Equal(2, error.Split("UserWarning").Length);
        }
    }

    [Fact]
    public void Without_a_policy_a_log_that_cant_be_written_ends_the_training()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<IOException>(() => Train(folder, "stop", "stop", 6, lasting: false));
    }

    [Fact]
    public void Events_that_could_not_be_written_are_written_with_the_next_ones()
    {
        using var folder = new TemporaryFolder();
        List<string> whole = Board(folder, "whole", 0);
        for (int call = 1; call <= 9; call++)
        {
            Assert.Equal(whole, Board(folder, $"{call}", call));
        }
    }

    private static Sequential Create()
    {
        var model = new Sequential([new Input([1]), new Dense(1)], seed: 1);
        model.Compile("sgd", "mse");
        return model;
    }

    private static List<string> Board(TemporaryFolder folder, string name, int call)
    {
        string path = folder[name];
        var board = new TensorBoard(path, updateFreq: 1, onError: "warn");
        FileSystem.Current = new FaultyFileSystem(call, call == 0 ? null : () => new IOException("No space left on device"))
        { Only = "tfevents" };
        try
        {
            using Sequential model = Create();
            model.Fit(new float[8, 1], new float[8, 1], batchSize: 4, epochs: 3, verbose: 0, callbacks: [board]);
        }
        finally
        {
            FileSystem.Current = new FaultyFileSystem(0);
        }

        return [.. EventReader.ReadFolder(Path.Combine(path, "train"))
            .SelectMany(one => one.Values.Select(value => $"{value.Tag} {one.Step}"))];
    }

    private static (string[] Rows, History History, string Error) Train(TemporaryFolder folder, string name, string? policy, int call,
        bool lasting)
    {
        string path = folder[$"{name}.csv"];
        var error = new StringWriter();
        var log = new CSVLogger(path, onError: policy ?? "stop");
        using Sequential model = Create();
        var list = new CallbackList([log], model, new CallbackParams { Error = error }, addHistory: true);
        FileSystem.Current = new FaultyFileSystem(call, policy is null ? null
            : () => new IOException($"No space left on device for {Guid.NewGuid()}"), lasting)
        { Only = ".csv" };
        try
        {
            list.OnTrainBegin();
            for (int epoch = 0; epoch < 5; epoch++)
            {
                list.OnEpochEnd(epoch, new([new("loss", epoch)]));
                log.SaveState();
            }

            list.OnTrainEnd();
        }
        finally
        {
            FileSystem.Current = new FaultyFileSystem(0);
        }

        return (File.Exists(path) ? File.ReadAllLines(path) : [], list.History!, error.ToString());
    }
}
