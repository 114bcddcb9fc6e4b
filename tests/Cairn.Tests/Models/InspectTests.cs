using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>The table of what the layers compute for a batch.</summary>
public sealed class InspectTests
{
    private static readonly float[,] X = { { 1, 2 }, { 3, 4 } };

    [Fact]
    public void It_shows_shape_mean_and_range_of_every_layer_and_where_NaN_begins()
    {
        using var model = new Sequential(
            [
                new Input([2]), new Dense(2, kernelInitializer: "ones", name: "sum"), new Lambda(x => (x - 3).log(), name: "log"),
                new Lambda(x => (x - 10).sqrt(), name: "sqrt"),
            ]);

        IReadOnlyList<LayerOutput> seen = model.Inspect(X);

        // Rows [3, 3] and [7, 7]: mean 5, deviation 2; log(0) = -infinity, log(4); the root of numbers below 0.
        Assert.Equal(["sum", "log", "sqrt"], seen.Select(one => one.Path));
        Assert.Equal((5.0, 2.0, 3.0, 7.0), (seen[0].Mean, seen[0].StandardDeviation, seen[0].Min, seen[0].Max));
        Assert.Equal([2, 2], seen[0].Shape.ToArray());
        Assert.Equal((0, 2), (seen[1].NaNCount, seen[1].InfinityCount));
        Assert.Equal(Math.Log(4), seen[1].Mean, 1e-6);
        Assert.Equal(4, seen[2].NaNCount);
        Assert.True(double.IsNaN(seen[2].Mean));

        var text = new StringWriter();
        model.Summary(X, text);
        Assert.Contains("sqrt (Lambda)", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("NaN", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_within_layers_have_their_place()
    {
        var input = new Input([2]);
        using var inner = new Sequential([new Input([2]), new Dense(3, name: "a")], name: "inner");
        using var model = new Functional(input, new Dense(1, name: "b").Apply(inner.Apply(input)));

        Assert.Equal(["inner", "inner/a", "b"], model.Inspect(X).Select(one => one.Path));
        Assert.Equal(1, model.Inspect(X)[1].Depth);
    }

    [Fact]
    public void It_changes_no_weight_also_as_in_training()
    {
        using var model = new Sequential([new Input([2]), new BatchNormalization(), new Dropout(0.5)]);
        NDArray[] before = model.GetWeights();

        IReadOnlyList<LayerOutput> seen = model.Inspect(X, training: true);

        Assert.Equal(0, seen[0].Mean, 1e-5);
        Assert.Equal(before.Select(w => w.ToArray()), model.GetWeights().Select(w => w.ToArray()));
    }
}
