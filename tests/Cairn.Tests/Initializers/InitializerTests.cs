using Cairn.Initializers;
using Cairn.Training;

namespace Cairn.Tests.Initializers;

public sealed class InitializerTests
{
    // Fans of a kernel [3, 3, 16, 32]: 9 · 16 = 144 in, 9 · 32 = 288 out.
    private static readonly Shape Kernel = [3, 3, 16, 32];

    [Theory]
    [InlineData("glorot_uniform", 6.0 / (144 + 288))]
    [InlineData("he_uniform", 6.0 / 144)]
    [InlineData("lecun_uniform", 3.0 / 144)]
    public void Uniform_initializers_keep_their_bound_and_variance(string name, double boundSquared)
    {
        float[] values = Draw(name);

        Assert.All(values, v => Assert.True(Math.Abs(v) <= Math.Sqrt(boundSquared)));

        // A uniform distribution over ±b has the variance b² / 3.
        Assert.Equal(boundSquared / 3, values.Average(v => (double)v * v), boundSquared / 30);
        Assert.Equal(0, values.Average(v => (double)v), Math.Sqrt(boundSquared) / 20);
    }

    [Theory]
    [InlineData("glorot_normal", 2.0 / (144 + 288))]
    [InlineData("he_normal", 2.0 / 144)]
    [InlineData("lecun_normal", 1.0 / 144)]
    public void Truncated_normal_initializers_have_their_variance_after_truncation(string name, double variance)
    {
        float[] values = Draw(name);

        Assert.Equal(variance, values.Average(v => (double)v * v), variance / 10);
        double widest = 2 * Math.Sqrt(variance) / 0.87962566103423978;
        Assert.All(values, v => Assert.True(Math.Abs(v) <= widest));
    }

    [Fact]
    public void An_explicit_seed_makes_an_initializer_independent_of_the_model()
    {
        float[] a = new float[10];
        float[] b = new float[10];
        new HeNormal(seed: 3).Fill(a, [2, 5], new RandomStream(1, RandomPurpose.Initialization));
        new HeNormal(seed: 3).Fill(b, [2, 5], new RandomStream(2, RandomPurpose.Initialization));
        Assert.Equal(a, b);
    }

    [Fact]
    public void Weights_of_one_model_differ_from_each_other()
    {
        using var model = new Sequential([new Cairn.Layers.Input([4]), new Cairn.Layers.Dense(4), new Cairn.Layers.Dense(4)], seed: 1);
        Assert.NotEqual(model.Weights[0].ToNDArray().ToArray(), model.Weights[2].ToNDArray().ToArray());
    }

    private static float[] Draw(Initializer initializer)
    {
        float[] values = new float[Kernel.ElementCount];
        initializer.Fill(values, Kernel, new RandomStream(5, RandomPurpose.Initialization));
        return values;
    }
}
