using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Weights for a model that differs from the saved one.</summary>
public sealed class LoadWeightsTests
{
    public static TheoryData<string> Files => ["m.keras", "m.weights.h5", "m.h5"];

    [Theory]
    [MemberData(nameof(Files))]
    public void Without_skipMismatch_nothing_is_changed_and_the_message_names_the_option(string file)
    {
        using var folder = new TemporaryFolder();
        Save(folder[file]);
        using Model other = Other();
        float[] before = ReferenceRun.Flatten(other);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => other.LoadWeights(folder[file]));

        Assert.Contains("(4, 3)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("(4, 2)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("skipMismatch", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, ReferenceRun.Flatten(other));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void With_skipMismatch_matching_weights_are_loaded_and_the_rest_is_named(string file)
    {
        using var folder = new TemporaryFolder();
        float[] saved = Save(folder[file]);
        using Model other = Other();
        other.Compile("adam", "mse");
        float[] before = ReferenceRun.Flatten(other);

        other.LoadWeights(folder[file], skipMismatch: true);

        // The first layer (5·4 + 4 numbers) is the same in both, the second is not.
        float[] after = ReferenceRun.Flatten(other);
        Assert.Equal(saved[..24], after[..24]);
        Assert.Equal(before[24..], after[24..]);
        Assert.Contains(other.LoadWarnings, w => w.Contains("second", StringComparison.Ordinal));
        Assert.Contains(other.LoadWarnings, w => w.Contains("optimizer", StringComparison.Ordinal));
        Assert.Equal(0, other.Optimizer!.Iterations);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_later_complete_load_clears_the_warnings(string file)
    {
        using var folder = new TemporaryFolder();
        Save(folder[file]);
        using Model same = Trained();
        using (Model other = Other())
        {
            other.SaveWeights(folder["other.weights.h5"]);
        }

        same.LoadWeights(folder["other.weights.h5"], skipMismatch: true);
        Assert.NotEmpty(same.LoadWarnings);

        same.LoadWeights(folder[file]);

        Assert.Empty(same.LoadWarnings);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Weights_are_loaded_and_the_state_of_another_optimizer_is_left_out_with_a_warning(string file)
    {
        using var folder = new TemporaryFolder();
        float[] saved = Save(folder[file]);
        using Model other = new Sequential([new Input([5]), new Dense(4, name: "first"), new Dense(3, name: "second")], seed: 2);
        other.Compile("sgd", "mse");

        other.LoadWeights(folder[file]);

        Assert.Equal(saved, ReferenceRun.Flatten(other));
        Assert.Contains("optimizer", Assert.Single(other.LoadWarnings), StringComparison.Ordinal);
        Assert.Equal(0, other.Optimizer!.Iterations);
    }

    [Fact]
    public void By_name_layers_find_their_namesakes_in_any_order_and_others_stay()
    {
        using var folder = new TemporaryFolder();
        float[] saved = Save(folder["m.h5"]);
        using Model other = new Sequential(
            [new Input([5]), new Dense(5, name: "new"), new Dense(4, name: "first"), new Dense(3, name: "second"),
                new Dense(1, name: "head")], seed: 9);
        float[] before = ReferenceRun.Flatten(other);

        other.LoadWeights(folder["m.h5"], byName: true);

        // new: 5·5 + 5 = 30 numbers; first and second: 24 + 15, as saved; head: 3 + 1.
        float[] after = ReferenceRun.Flatten(other);
        Assert.Equal(before[..30], after[..30]);
        Assert.Equal(saved, after[30..69]);
        Assert.Equal(before[69..], after[69..]);
        Assert.Empty(other.LoadWarnings);
    }

    [Fact]
    public void By_name_a_namesake_of_another_shape_is_an_error_or_skipped()
    {
        using var folder = new TemporaryFolder();
        Save(folder["m.h5"]);
        using Model other = Other();

        Assert.Throws<ModelFormatException>(() => other.LoadWeights(folder["m.h5"], byName: true));
        other.LoadWeights(folder["m.h5"], skipMismatch: true, byName: true);

        Assert.Contains(other.LoadWarnings, w => w.Contains("second/kernel", StringComparison.Ordinal));
    }

    [Fact]
    public void By_name_without_a_namesake_warns_since_nothing_was_loaded()
    {
        using var folder = new TemporaryFolder();
        Save(folder["m.h5"]);
        using Model other = new Sequential([new Input([5]), new Dense(4, name: "mine")], seed: 9);

        other.LoadWeights(folder["m.h5"], byName: true);

        string warning = Assert.Single(other.LoadWarnings);
        Assert.Contains("first, second", warning, StringComparison.Ordinal);
        Assert.Contains("mine", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.keras"), InlineData("m.weights.h5")]
    public void By_name_is_refused_for_files_that_do_not_name_layers(string file)
    {
        using Model model = Trained();

        Assert.Equal("byName", Assert.Throws<ArgumentException>(() => model.LoadWeights(file, byName: true)).ParamName);
    }

    [Fact]
    public void A_different_number_of_layers_is_an_error_that_suggests_loading_by_name()
    {
        using var folder = new TemporaryFolder();
        Save(folder["m.h5"]);
        using Model other = new Sequential([new Input([5]), new Dense(4, name: "first")], seed: 9);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => other.LoadWeights(folder["m.h5"], skipMismatch: true));

        Assert.Contains("byName", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.pb"), InlineData("m")]
    public void Names_of_other_files_are_refused(string file)
    {
        using Model model = Trained();

        Assert.Contains(".keras", Assert.Throws<ArgumentException>(() => model.Save(file)).Message, StringComparison.Ordinal);
        Assert.Contains(".keras", Assert.Throws<ArgumentException>(() => Model.Load(file)).Message, StringComparison.Ordinal);
        Assert.Contains(".keras", Assert.Throws<ArgumentException>(() => model.LoadWeights(file)).Message, StringComparison.Ordinal);
    }

    private static Model Trained()
    {
        var model = new Sequential([new Input([5]), new Dense(4, name: "first"), new Dense(3, name: "second")], seed: 1);
        model.Compile("adam", "mse");
        model.Fit(NDArray.From(new float[10], [2, 5]), NDArray.From(new float[6], [2, 3]), epochs: 1, verbose: 0);
        return model;
    }

    private static Model Other() => new Sequential([new Input([5]), new Dense(4, name: "first"), new Dense(2, name: "second")], seed: 2);

    private static float[] Save(string path)
    {
        using Model model = Trained();
        if (path.EndsWith(".weights.h5", StringComparison.Ordinal))
        {
            model.SaveWeights(path);
        }
        else
        {
            model.Save(path);
        }

        return ReferenceRun.Flatten(model);
    }
}
