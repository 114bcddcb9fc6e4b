using Cairn.Layers;

namespace Cairn.Tests;

/// <summary>
/// classWeight for targets with several positions, which Keras' documentation promises but its code rejects. Each test compares it with the
/// equivalent sampleWeight.
/// </summary>
public sealed class PositionWeightTests
{
    private static readonly Dictionary<int, double> Weights = new() { [0] = 0.5, [2] = 3 };

    /// <summary>The shape of one sample without its last axis.</summary>
    public static TheoryData<long[]> Positions =>
        new() { Array.Empty<long>(), new long[] { 4 }, new long[] { 3, 2 }, new long[] { 2, 1, 3 } };

    [Theory]
    [MemberData(nameof(Positions))]
    public void Each_position_has_the_weight_of_its_class(long[] positions)
    {
        const int Samples = 6;
        long[] all = [Samples, .. positions];
        int count = (int)all.Aggregate(1L, (a, b) => a * b);
        int[] classes = [.. Enumerable.Range(0, count).Select(i => i * 7 % 5 % 3)];
        float[] weights = [.. classes.Select(c => (float)Weights.GetValueOrDefault(c, 1))];
        var x = NDArray.From([.. Enumerable.Range(0, count * 2).Select(i => MathF.Sin(i))], [.. all, 2]);
        var oneHot = NDArray.From([.. classes.SelectMany(c => Enumerable.Range(0, 3).Select(k => k == c ? 1f : 0f))], [.. all, 3]);
        var binary = NDArray.From([.. classes.Select(c => c == 0 ? 0f : 1f)], [.. all, 1]);
        float[] ofBinary = [.. classes.Select(c => c == 0 ? 0.5f : 1f)];

        Check("sparse_categorical_crossentropy", 3, "softmax", NDArray.From(classes, [.. all, 1]), weights);
        Check("categorical_crossentropy", 3, "softmax", oneHot, weights);
        Check("binary_crossentropy", 1, "sigmoid", binary, ofBinary);

        void Check(string loss, int units, string activation, NDArray y, float[] expected)
        {
            using Model byClass = Make(), bySample = Make(), plain = Make();
            var given = NDArray.From(expected, all);

            double[] found = byClass.Fit(x, y, batchSize: 4, epochs: 2, verbose: 0, shuffle: false, classWeight: Weights)["loss"].ToArray();

            Assert.Equal(bySample.Fit(x, y, batchSize: 4, epochs: 2, verbose: 0, shuffle: false, sampleWeight: given)["loss"], found);
            Assert.NotEqual(plain.Fit(x, y, batchSize: 4, epochs: 2, verbose: 0, shuffle: false)["loss"], found);

            Model Make()
            {
                var model = new Sequential([new Input([.. positions, 2]), new Dense(units, activation: activation)], seed: 4);
                model.Compile("sgd", loss);
                return model;
            }
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void A_weight_that_is_no_number_is_refused_before_anything_is_trained(double weight)
    {
        using var model = new Sequential([new Input([2]), new Dense(1)], seed: 4);
        model.Compile("sgd", "mse");
        float[,] x = { { 1, 2 }, { 3, 4 } }, y = { { 0 }, { 1 } };
        var weights = new Dictionary<int, double> { [0] = 1, [1] = weight };

        ArgumentException[] refused =
        [
            Assert.Throws<ArgumentException>(() => model.Fit(x, y, verbose: 0, classWeight: weights)),
            Assert.Throws<ArgumentException>(() => model.TrainOnBatch(x, y, classWeight: weights)),
            Assert.Throws<ArgumentException>(() => model.Fit(Cairn.Data.Dataset.From(x, y), verbose: 0, classWeight: weights)),
        ];

        Assert.All(refused, e => Assert.Contains("class 1", e.Message));
    }

    [Fact]
    public void Class_numbers_of_several_positions_need_a_last_axis_of_1()
    {
        using var model = new Sequential([new Input([4, 2]), new Dense(3, activation: "softmax")], seed: 4);
        model.Compile("sgd", "sparse_categorical_crossentropy");

        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => model.Fit(new float[2, 4, 2], new int[2, 4], verbose: 0, classWeight: Weights));

        Assert.Contains("(2, 4, 1)", refused.Message);
    }
}
