using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Tests.Saving;
using Cairn.Tests.Saving.Runs;
using Cairn.Tests.Training;

namespace Cairn.Tests.Data;

/// <summary>Every kind of source trains a model with several inputs, outputs and weights, with the same bits as arrays.</summary>
public sealed class SourceTests
{
    public static TheoryData<string> Sources => TwoHeads.Sources;

    [Theory]
    [MemberData(nameof(Sources))]
    public void Training_and_validation_give_the_bits_of_arrays(string source)
    {
        using var folder = new TemporaryFolder();
        using Functional arrays = TwoHeads.Model();
        History expected = arrays.Fit(
            TwoHeads.X, TwoHeads.Y, TwoHeads.BatchSize, epochs: 3, verbose: 0, shuffle: false, sampleWeight: TwoHeads.W,
            validationData: (TwoHeads.X, TwoHeads.Y), validationSampleWeight: TwoHeads.W);
        using Functional streamed = TwoHeads.Model();

        History history = streamed.Fit(
            TwoHeads.Open(source, folder), epochs: 3, verbose: 0, shuffle: false, validationData: TwoHeads.Open(source, folder));

        Assert.Equal(Values(expected), Values(history));
        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(streamed));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Steps_cut_epochs_and_validation_as_with_arrays(string source)
    {
        using var folder = new TemporaryFolder();
        using Functional arrays = TwoHeads.Model();
        History expected = arrays.Fit(
            TwoHeads.X, TwoHeads.Y, TwoHeads.BatchSize, epochs: 4, verbose: 0, shuffle: false, sampleWeight: TwoHeads.W, stepsPerEpoch: 2,
            validationSteps: 3,
            validationData: (TwoHeads.X, TwoHeads.Y), validationSampleWeight: TwoHeads.W);
        using Functional streamed = TwoHeads.Model();

        History history = streamed.Fit(
            TwoHeads.Open(source, folder), epochs: 4, verbose: 0, shuffle: false, stepsPerEpoch: 2, validationSteps: 3,
            validationData: TwoHeads.Open(source, folder));

        Assert.Equal(Values(expected), Values(history));
        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(streamed));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Evaluation_and_predictions_are_those_of_arrays(string source)
    {
        using var folder = new TemporaryFolder();
        using Functional model = TwoHeads.Model();

        Logs expected = model.Evaluate(TwoHeads.X, TwoHeads.Y, TwoHeads.BatchSize, verbose: 0, sampleWeight: TwoHeads.W);
        Logs measured = model.Evaluate(TwoHeads.Open(source, folder), verbose: 0);
        IReadOnlyList<NDArray> outputs = model.PredictMany(TwoHeads.X, TwoHeads.BatchSize, verbose: 0);
        IReadOnlyList<NDArray> predicted = model.PredictMany(TwoHeads.Open(source, folder), verbose: 0);

        Assert.Equal(expected.Keys, measured.Keys);
        foreach (string name in expected.Keys)
        {
            Assert.Equal(expected[name], measured[name]);
        }

        Assert.Equal(outputs.Select(array => array.ToArray()), predicted.Select(array => array.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_run_killed_within_an_epoch_ends_with_the_same_bits(string source)
    {
        using var folder = new TemporaryFolder();
        float[] whole = Train(source, folder, "whole", null);

        // Six batches per epoch: the fourth of the second.
        Assert.Throws<ResumedRun.DiedException>(() => Train(source, folder, "parts", 9));

        Assert.Equal(whole, Train(source, folder, "parts", null));
    }

    [Fact]
    public void Npy_files_are_shuffled_like_arrays_and_resume_in_the_same_order()
    {
        using var folder = new TemporaryFolder();
        using Functional arrays = TwoHeads.Model();
        arrays.Fit(TwoHeads.X, TwoHeads.Y, TwoHeads.BatchSize, epochs: 3, verbose: 0, sampleWeight: TwoHeads.W);

        float[] whole = Train("npy", folder, "whole", null, shuffle: true);
        Assert.Throws<ResumedRun.DiedException>(() => Train("npy", folder, "parts", 9, shuffle: true));

        Assert.Equal(ReferenceRun.Flatten(arrays), whole);
        Assert.Equal(whole, Train("npy", folder, "parts", null, shuffle: true));
    }

    [Fact]
    public void Unknown_names_are_reported_with_the_nearest_one()
    {
        using var folder = new TemporaryFolder();
        TwoHeads.Open("npy", folder);
        TwoHeads.Open("csv", folder);
        using Functional model = TwoHeads.Model();

        Assert.Contains("x names the input 'lefd', which the model does not have. Did you mean 'left'?", Assert.Throws<ArgumentException>(
            () => model.Fit(Dataset.FromNpy(new ArrayNames { ["lefd"] = folder["left.npy"], ["right"] = folder["right.npy"] },
                folder["kind.npy"]), verbose: 0)).Message);
        Assert.Contains("features has no entry for the model's input 'right'", Assert.Throws<ArgumentException>(
            () => model.Fit(Dataset.FromCsv(folder["all.csv"], new() { ["kind"] = ["kind"] }, new() { ["left"] = ["left 0", "left 1"] }),
                verbose: 0)).Message);
        Assert.Contains("x has 1 array; the model has 2 inputs: left, right", Assert.Throws<ArgumentException>(
            () => model.Fit(Dataset.FromNpy(folder["left.npy"], folder["kind.npy"]), verbose: 0)).Message);
    }

    private static float[] Train(string source, TemporaryFolder folder, string backup, int? dieAtStep, bool shuffle = false)
    {
        using Functional model = TwoHeads.Model(dieAtStep);
        model.Fit(
            TwoHeads.Open(source, folder), epochs: 3, verbose: 0, shuffle: shuffle, validationData: TwoHeads.Open(source, folder),
            callbacks: [new BackupAndRestore(folder[backup], saveFreq: 1)]);
        return ReferenceRun.Flatten(model);
    }

    private static IEnumerable<(string, double)> Values(History history) =>
        history.Keys.SelectMany(key => history[key].Select(value => (key, value)));
}
