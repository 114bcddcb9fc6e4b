using System.Text.Json;
using Cairn.Layers;
using Cairn.Tests.Training;

namespace Cairn.Tests.Layers;

/// <summary><c>Adapt</c> compared with Keras' <c>adapt</c>; see Reference/layers.</summary>
public sealed class AdaptTests
{
    [Theory]
    [InlineData("normalization_adapted")]
    [InlineData("normalization_adapted_axes")]
    [InlineData("normalization_adapted_all")]
    public void Normalization_measures_what_Keras_measures_at_once_and_in_batches(string name)
    {
        using var reference = new ReferenceLayer(name);
        NDArray data = reference.Inputs[0];
        float[][] expected = [.. reference.Weights().Select(w => ReferenceArray.Numbers(w.Recorded))];
        var layer = (Normalization)reference.Layer;

        foreach (Variable weight in layer.Weights.Take(2))
        {
            weight.Assign(NDArray.From(new float[weight.Shape.ElementCount], weight.Shape));
        }

        layer.Adapt(data);
        Check();
        layer.Adapt([reference.Inputs[0][..2], reference.Inputs[0][2..3], reference.Inputs[0][3..]]);
        Check();

        void Check()
        {
            foreach ((Variable weight, float[] numbers) in layer.Weights.Zip(expected))
            {
                Tolerance.Near(numbers, weight.ToNDArray().ToArray(), 1e-6, weight.Name);
            }
        }
    }

    [Fact]
    public void A_Normalization_adapted_before_it_is_added_to_a_model_keeps_its_statistics()
    {
        var layer = new Normalization();
        layer.Adapt(new float[,] { { 0, 7, 4 }, { 2, 9, 6 }, { 0, 7, 4 }, { 2, 9, 6 } });
        using var model = new Sequential([new Input([3]), layer]);

        // Means 1, 8, 5 and variances 1.
        Assert.Equal([0f, -6, -2], model.Predict(new float[,] { { 1, 2, 3 } }, verbose: 0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Empty(model.TrainableWeights);
    }

    [Fact]
    public void Adapt_is_refused_with_given_statistics()
    {
        Assert.Throws<InvalidOperationException>(() => new Normalization(mean: new float[] { 1 }, variance: new float[] { 1 })
            .Adapt(new float[,] { { 1 } }));
        Assert.Throws<InvalidOperationException>(() => new Discretization([1, 2]).Adapt(new float[] { 1 }));
        Assert.Contains("together", Assert.Throws<ArgumentException>(() => new Normalization(mean: new float[] { 1 })).Message);
        Assert.Contains("more axes",
            Assert.Throws<ArgumentException>(() =>
                new Normalization(mean: new float[,] { { 1 } }, variance: new float[,] { { 1 } })).Message);
        Assert.Contains("binBoundaries or numBins", Assert.Throws<ArgumentException>(() => new Discretization()).Message);
        Assert.Contains("increasing order", Assert.Throws<ArgumentException>(() => new Discretization([2, 1])).Message);
    }

    [Theory]
    [InlineData("discretization_adapted", 1)]
    [InlineData("discretization_adapted_coarse", 1)]
    [InlineData("discretization_adapted_batches", 3)]
    public void Discretization_finds_the_boundaries_that_Keras_finds(string name, int batches)
    {
        using var reference = new ReferenceLayer(name);
        JsonElement config = reference.Recorded.GetProperty("layer").GetProperty("config");
        double[] expected = [.. config.GetProperty("bin_boundaries").EnumerateArray().Select(b => b.GetDouble())];
        using var layer = new Discretization(numBins: config.GetProperty("num_bins").GetInt32(),
            epsilon: config.GetProperty("epsilon").GetDouble());

        layer.Adapt(reference.Inputs[0].chunk(batches).Select(batch => (NDArray)batch));

        Assert.Equal(expected, layer.BinBoundaries!);
    }

    [Fact]
    public void Discretization_that_was_not_adapted_throws()
    {
        using var model = new Sequential([new Input([1]), new Discretization(numBins: 3)]);
        Assert.Contains("call Adapt", Assert.ThrowsAny<Exception>(() => model.Predict(new float[,] { { 1 } }, verbose: 0)).ToString());
    }
}
