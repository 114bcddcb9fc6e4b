using Cairn.Losses;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Losses;

public sealed class LossTests
{
    // Labels and unit vectors of the example in Keras' own tests of Circle.
    private static readonly float[,] Embeddings =
    {
        { 0.70014004f, -0.42008403f, 0.14002801f, 0.56011203f },
        { 0.17609018f, 0.70436073f, -0.52827054f, 0.44022545f },
        { -0.34050261f, 0.25537696f, -0.68100522f, 0.59587957f },
        { 0.32163376f, -0.75047877f, 0.53605627f, -0.21442251f },
        { 0.51261459f, -0.34174306f, 0.17087153f, 0.76892189f },
    };

    [Fact]
    public void CTC_counts_every_alignment_of_the_labels()
    {
        using DisposeScope scope = NewDisposeScope();

        // Equal logits give each of 3 classes 1/3 at every step. One label fits into two steps in 3 ways (1 1, 1 -, - 1): 3/9. The label
        // 1 twice needs the blank between, so three steps hold it in 1 way: 1/27.
        float once = Value(new CTC(), tensor(new long[,] { { 1, 0 } }), zeros(1, 2, 3));
        float twice = Value(new CTC(), tensor(new long[,] { { 1, 1 } }), zeros(1, 3, 3));
        float tooLong = Value(new CTC(), tensor(new long[,] { { 1, 1 } }), zeros(1, 2, 3));

        Tolerance.Near(Math.Log(3), once, 1e-6, "one label");
        Tolerance.Near(Math.Log(27), twice, 1e-6, "the same label twice");
        Assert.Equal(float.PositiveInfinity, tooLong);
    }

    [Theory]
    [InlineData(80, 0.4, false, 188.3883)]
    [InlineData(256, 0.25, false, 652.7617)]
    [InlineData(80, 0.4, true, 244.91918)]
    public void Circle_gives_the_numbers_of_the_example_in_Keras_own_tests(double gamma, double margin, bool weighted, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? weights = weighted ? tensor([2f, 2f, 1f, 1f, 0.5f]) : null;

        float actual = new Circle(gamma, margin).Compute(tensor([1f, 1f, 2f, 2f, 3f]), tensor(Embeddings), weights).item<float>();

        Tolerance.Near(expected, actual, 1e-5, "circle");
    }

    [Fact]
    public void Circle_leaves_samples_without_a_partner_out_and_gives_them_a_finite_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor embeddings = tensor(Embeddings).requires_grad_(true);

        Tensor each = new Circle(reduction: "none").Compute(tensor([1f, 1f, 2f, 2f, 3f]), embeddings);
        new Circle().Compute(tensor([1f, 1f, 2f, 2f, 3f]), embeddings).backward();

        Assert.Equal(0, each[4].item<float>());
        Assert.True(each[0].item<float>() > 0);
        Assert.True(embeddings.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Generalized_cross_entropy_is_one_less_the_power_of_the_true_class_probability()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = tensor(new[,] { { 0.49f, 0.51f }, { 0.36f, 0.64f }, { 0.3f, 0.7f } });

        // q = 0.5: (1 - √p) / 0.5 for p = 0.49 and 0.64; the class 2 does not exist and has p = 0.
        Tensor values = new CategoricalGeneralizedCrossEntropy(reduction: "none").Compute(tensor([0L, 1L, 2L]).reshape(3, 1), yPred);

        Tolerance.Near([0.6f, 0.4f, 2f], values.data<float>().ToArray(), 1e-6, "value");
    }

    [Fact]
    public void Overlap_losses_give_one_value_for_what_their_axes_leave()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yTrue = tensor(new[,] { { 1f, 1f, 0f }, { 1f, 0f, 0f } });
        Tensor yPred = tensor(new[,] { { 1f, 0f, 1f }, { 1f, 0f, 0f } });

        // Rows: 1 - 2·1 / (2 + 2) = 1/2 and 0. All together: 1 - 2·2 / (3 + 3) = 1/3.
        Tolerance.Near([0.5f, 0f], Values(new Dice("none", axis: [1]), yTrue, yPred), 1e-6, "row");
        Tolerance.Near([1 / 3f], Values(new Dice("none"), yTrue, yPred), 1e-6, "whole");

        // One hit, one false positive, one miss in the first row: 1 - 1 / (1 + 0.25 + 0.75·1) = 1/2.
        Tolerance.Near([0.5f, 0f], Values(new Tversky(0.25, 0.75, "none", axis: [1]), yTrue, yPred), 1e-6, "Tversky of a row");
        Tolerance.Near([0.6f, 0f], Values(new Tversky(0.5, 1, "none", axis: [1]), yTrue, yPred), 1e-6, "Tversky with heavier misses");
    }

    [Fact]
    public void A_zero_vector_has_a_cosine_of_zero_and_a_finite_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor yPred = zeros(1, 3).requires_grad_(true);

        Tensor value = new CosineSimilarity().Compute(ones(1, 3), yPred);
        value.backward();

        Assert.Equal(0, value.item<float>());
        Assert.True(yPred.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Arguments_out_of_range_are_named()
    {
        Assert.Equal("delta", Assert.Throws<ArgumentOutOfRangeException>(() => new Huber(-1)).ParamName);
        Assert.Equal("q", Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalGeneralizedCrossEntropy(1)).ParamName);
        Assert.Equal("labelSmoothing",
            Assert.Throws<ArgumentOutOfRangeException>(() => new CategoricalFocalCrossentropy(labelSmoothing: 2)).ParamName);
        Assert.Contains("'kl_divergence'", Assert.Throws<ArgumentException>(() => (Loss)"kl_divergance").Message);
        Assert.Contains("(batch, steps, classes)",
            Assert.Throws<ArgumentException>(() => new CTC().CheckShapes([-1, 4], [-1, 3], "y")).Message);
        Assert.Contains("class index", Assert.Throws<ArgumentException>(() => new Circle().CheckShapes([-1, 4], [-1, 4], "y")).Message);
    }

    private static float Value(Loss loss, Tensor yTrue, Tensor yPred) => loss.Compute(yTrue, yPred).item<float>();

    private static float[] Values(Loss loss, Tensor yTrue, Tensor yPred) => loss.Compute(yTrue, yPred).data<float>().ToArray();
}
