using Cairn.Tests.Data;
using Cairn.Tests.Training;

namespace Cairn.Tests;

/// <summary>Valid and invalid <c>sampleWeight</c> and <c>classWeight</c> of <c>Fit</c>.</summary>
public sealed class WeightedFitTests
{
    /// <summary>Shapes of weights for 23 samples with targets <c>[23]</c>, and the expected message.</summary>
    public static TheoryData<long[], string> WrongShapes => new()
    {
        { [22], "has 22" },
        { [24], "has 24" },
        { [1, 23], "has 1" },
        { [23, 2], "(23, 2)" },
        { [23, 1, 1], "(23, 1, 1)" },
        { [0], "sampleWeight" },
    };

    [Theory]
    [MemberData(nameof(WrongShapes))]
    public void A_sampleWeight_of_wrong_shape_is_refused_by_name_before_anything_is_trained(long[] shape, string told)
    {
        using Model model = SmallData.Model();
        model.EnsureBuilt();
        float[] before = ReferenceRun.Flatten(model);
        var weight = NDArray.From(new float[shape.Aggregate(1L, (a, b) => a * b)], shape);

        ArgumentException[] refused =
        [
            Assert.ThrowsAny<ArgumentException>(() => model.Fit(SmallData.X, SmallData.Y, verbose: 0, sampleWeight: weight)),
            Assert.ThrowsAny<ArgumentException>(() => model.Evaluate(SmallData.X, SmallData.Y, verbose: 0, sampleWeight: weight)),
            Assert.ThrowsAny<ArgumentException>(() => model.TrainOnBatch(SmallData.X, SmallData.Y, sampleWeight: weight)),
        ];

        Assert.All(refused, exception => Assert.Equal("sampleWeight", exception.ParamName));
        Assert.All(refused, exception => Assert.Contains(told, exception.Message));
        Assert.Equal(before, ReferenceRun.Flatten(model));
    }

    [Fact]
    public void A_validationSampleWeight_of_wrong_shape_is_refused_by_its_own_name()
    {
        using Model model = SmallData.Model();

        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(() => model.Fit(
            SmallData.X, SmallData.Y, verbose: 0, validationData: (SmallData.X, SmallData.Y), validationSampleWeight: new float[22]));

        Assert.Equal("validationSampleWeight", exception.ParamName);
    }

    [Fact]
    public void Classes_that_no_sample_has_do_not_matter_and_those_without_a_weight_weigh_1_as_in_Keras()
    {
        // The targets are 0, 1 and 2.
        float[] some = Train(new() { [0] = 2 });

        Assert.Equal(some, Train(new() { [0] = 2, [1] = 1, [2] = 1 }));
        Assert.Equal(some, Train(new() { [0] = 2, [3] = 5, [99] = 0 }));
        Assert.NotEqual(some, Train(new() { [0] = 2, [1] = 5 }));
    }

    [Fact]
    public void Class_numbers_below_0_no_classes_and_both_kinds_of_weights_are_refused_by_name()
    {
        using Model model = SmallData.Model();
        foreach (Dictionary<int, double> wrong in (Dictionary<int, double>[])[new() { [-1] = 1 }, []])
        {
            Assert.Equal("classWeight",
                Assert.Throws<ArgumentException>(() => model.Fit(SmallData.X, SmallData.Y, verbose: 0, classWeight: wrong)).ParamName);
        }

        Assert.Equal("classWeight", Assert.Throws<ArgumentException>(
            () => model.Fit(SmallData.X, SmallData.Y, verbose: 0, classWeight: new Dictionary<int, double> { [0] = 1 },
                sampleWeight: SmallData.Weight)).ParamName);
    }

    private static float[] Train(Dictionary<int, double> classWeight)
    {
        using Model model = SmallData.Model();
        model.Fit(SmallData.X, SmallData.Y, batchSize: 5, verbose: 0, shuffle: false, classWeight: classWeight);
        return ReferenceRun.Flatten(model);
    }
}
