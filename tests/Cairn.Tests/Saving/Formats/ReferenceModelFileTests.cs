using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Every file saved by Keras: loaded, used, trained further, saved again.</summary>
public sealed class ReferenceModelFileTests
{
    /// <summary>Every recorded model in each of its formats.</summary>
    public static TheoryData<string, string> Files =>
        [.. RecordedModel.Names.SelectMany(name =>
        new RecordedModel(name).Files.Select(file => new TheoryDataRow<string, string>(name, file)))];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_Keras_gives_the_saved_model_and_continues_training_as_if_it_had_not_been_saved(string name, string file)
    {
        var recorded = new RecordedModel(name);
        using Model model = recorded.Load(file);

        recorded.AssertIsAsSaved(model);
        recorded.AssertContinues(model);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Saved_and_loaded_again_it_is_bit_identical_and_trains_the_same(string name, string file)
    {
        var recorded = new RecordedModel(name);
        using var folder = new TemporaryFolder();
        using Model first = recorded.Load(file);
        if (file.EndsWith(".weights.h5", StringComparison.Ordinal))
        {
            first.SaveWeights(folder[file]);
        }
        else
        {
            first.Save(folder[file]);
        }

        using Model again = recorded.Load(file, folder[file]);

        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Folder).Select(Path.GetFileName));
        Assert.Equal(first.ToJson(), again.ToJson());
        Assert.Equal(CompileConfig.Of(first).ToJsonString(), CompileConfig.Of(again).ToJsonString());
        Assert.Equal(ReferenceRun.Flatten(first), ReferenceRun.Flatten(again));
        Assert.Equal(RecordedModel.State(first), RecordedModel.State(again));
        recorded.Continue(first);
        recorded.Continue(again);
        Assert.Equal(ReferenceRun.Flatten(first), ReferenceRun.Flatten(again));
        Assert.Equal(RecordedModel.State(first), RecordedModel.State(again));
    }

    [Fact]
    public void Weights_that_do_not_fit_change_nothing_and_name_both_shapes()
    {
        using Model model = new Sequential(
            [new Cairn.Layers.Input([5]), new Cairn.Layers.Dense(4), new Cairn.Layers.Dense(7), new Cairn.Layers.Dense(3)], seed: 1);
        float[] before = ReferenceRun.Flatten(model);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(new GoldenFile("mlp").LegacyPath));

        Assert.Contains("(5, 7)", exception.Message);
        Assert.Contains("(5, 4)", exception.Message);
        Assert.Equal(before, ReferenceRun.Flatten(model));
    }
}
