using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;

namespace Cairn.Tests.Models;

/// <summary>Streamed data with validation on arrays: Keras' <c>fit(dataset, validation_data=(x, y))</c>.</summary>
public class FitOnStreamTests
{
    private static readonly float[,] X = { { 0, 1 }, { 1, 0 }, { 1, 1 }, { 0, 0 } };
    private static readonly float[] Y = [1, 1, 2, 0];

    [Fact]
    public void A_dataset_is_validated_on_arrays_as_on_a_dataset_of_them()
    {
        History arrays = Train(model => model.Fit(Dataset.From(X, Y, batchSize: 2), epochs: 3, verbose: 0, validationData: (X, Y)));
        History dataset =
            Train(model => model.Fit(Dataset.From(X, Y, batchSize: 2), epochs: 3, verbose: 0, validationData: Dataset.From(X, Y)));
        Assert.Equal(3, arrays["val_loss"].Count);
        Assert.Equal(dataset["val_loss"], arrays["val_loss"]);
        Assert.Equal(dataset["loss"], arrays["loss"]);
    }

    [Fact]
    public void Sequences_of_batches_take_arrays_for_validation_too()
    {
        History lazy = Train(model => model.Fit(Batches(), 2, 0, validationData: (X, Y)));
        History awaited = Train(model => model.Fit(AsyncBatches(), epochs: 2, verbose: 0, validationData: (X, Y)));
        Assert.Equal(2, lazy["val_loss"].Count);
        Assert.Equal(lazy["val_loss"], awaited["val_loss"]);
    }

    [Fact]
    public void Without_validation_and_with_null_nothing_is_ambiguous()
    {
        History none = Train(model => model.Fit(Dataset.From(X, Y)));
        History nothing = Train(model => model.Fit(Dataset.From(X, Y), validationData: null));
        Assert.False(none.TryGetValue("val_loss", out _));
        Assert.False(nothing.TryGetValue("val_loss", out _));
    }

    [Fact]
    public void The_values_of_a_history_print_as_numbers()
    {
        History history = Train(model => model.Fit(Dataset.From(X, Y), epochs: 2, validationData: (X, Y), validationFreq: 2));
        Assert.Matches(@"^\[\d\.\d{4,9}, \d\.\d{4,9}\]$", history["loss"].ToString());
        Assert.Equal("[0.01, 0.01]", history["learning_rate"].ToString());
        Assert.Matches(@"^\[NaN, \d\.\d{4,9}\]$", history.Column("val_loss").ToString());
    }

    private static History Train(Func<Sequential, History> fit)
    {
        using var model = new Sequential([new Input([2]), new Dense(1)], seed: 3) { Output = TextWriter.Null };
        model.Compile("sgd", "mse");
        return fit(model);
    }

    private static IEnumerable<Batch> Batches()
    {
        yield return new Batch(X, Y);
    }

    private static async IAsyncEnumerable<Batch> AsyncBatches()
    {
        await Task.Yield();
        yield return new Batch(X, Y);
    }
}
