using Cairn.Constraints;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;

namespace Cairn.Tests.Constraints;

public sealed class ConstraintTests
{
    [Fact]
    public void MaxNorm_shortens_long_columns_and_keeps_short_ones()
    {
        // Columns (3, 4) of length 5 and (0.6, 0.8) of length 1; the most is 2: 3 · 2/5 and 4 · 2/5.
        Assert.Equal([1.2f, 0.6f, 1.6f, 0.8f], Apply(new MaxNorm()), Close);

        // Rows: (3, 0.6) of length √9.36 = 3.0594117 and (4, 0.8) of length 4.0792156.
        Assert.Equal([1.9611613f, 0.3922323f, 1.9611613f, 0.3922323f], Apply(new MaxNorm(2, axis: -1)), Close);
    }

    [Fact]
    public void UnitNorm_gives_every_column_or_the_whole_weight_norm_one()
    {
        Assert.Equal([0.6f, 0.6f, 0.8f, 0.8f], Apply(new UnitNorm()), Close);

        // Over both axes: √26 = 5.0990195.
        Assert.Equal([0.5883484f, 0.1176697f, 0.7844645f, 0.1568929f], Apply(new UnitNorm([0, 1])), Close);
    }

    [Fact]
    public void MinMaxNorm_moves_towards_the_bound_by_its_rate()
    {
        // Norms 5 and 1, bounds 2 and 3, rate 0.5: 0.5 · 3 + 0.5 · 5 = 4 and 0.5 · 2 + 0.5 · 1 = 1.5.
        Assert.Equal([2.4f, 0.9f, 3.2f, 1.2f], Apply(new MinMaxNorm(2, 3, 0.5)), Close);
    }

    [Fact]
    public void NonNeg_sets_what_is_negative_to_zero()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Assert.Equal([0f, 0, 2], new NonNeg().Apply(torch.tensor(new float[] { -1, 0, 2 })).data<float>().ToArray());
    }

    [Fact]
    public void A_step_of_training_ends_with_the_constraint()
    {
        // Output 1 · 1 + 0, target -1: the error of 2 has the slope 2 · 2 = 4 in both; with a rate of 1 kernel and bias would be -3 and -4.
        using var model = new Sequential(
            [new Input([1]), new Dense(1, kernelInitializer: "ones", kernelConstraint: "non_neg", biasConstraint: new UnitNorm())]);
        model.Compile(new SGD(1.0), "mse");

        model.Fit(new float[,] { { 1 } }, new float[,] { { -1 } }, verbose: 0);

        Assert.Equal([0f], model.Weights[0].ToNDArray().ToArray());
        Assert.Equal([-1f], model.Weights[1].ToNDArray().ToArray(), Close);
    }

    [Fact]
    public void Constraints_of_all_layers_are_read_from_a_configuration()
    {
        using var model = new Sequential([
            new Input([4, 4, 1]), new Conv2D(2, 2, kernelConstraint: new MaxNorm(1.5, [0, 1, 2]), biasConstraint: "non_neg"),
            new BatchNormalization(betaConstraint: new UnitNorm(), gammaConstraint: new MinMaxNorm(0.25, 0.75, 0.5)), new Flatten(),
            new Dense(2, kernelConstraint: "min_max_norm", biasConstraint: "max_norm")]);
        string json = model.ToJson();

        using var again = Model.FromJson(json);

        Assert.Equal(json, again.ToJson());
        Assert.Contains("\"module\": \"keras.constraints\", \"class_name\": \"MaxNorm\", \"config\": {\"max_value\": 1.5, "
            + "\"axis\": [0, 1, 2]}", json);
    }

    [Fact]
    public void Unknown_names_and_bounds_are_refused_by_name()
    {
        Assert.Contains("max_norm", Assert.Throws<ArgumentException>(() => (Constraint)"maxnorm").Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MaxNorm(-1));
        Assert.Contains("axis 2", Assert.Throws<ArgumentException>(() => Apply(new UnitNorm(2))).Message);
    }

    private static float[] Apply(Constraint constraint)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        return constraint.Apply(torch.tensor(new[,] { { 3, 0.6f }, { 4, 0.8f } })).contiguous().data<float>().ToArray();
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) <= 1e-5f;
}
