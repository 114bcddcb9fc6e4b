using Cairn.Layers;
using Cairn.Tests.Native;
using Cairn.Training.Plan;
using static TorchSharp.torch;

namespace Cairn.Tests.Training.Plan;

/// <summary>The bits of a planned step do not depend on the number of threads.</summary>
[Collection(nameof(AloneCollection))]
public sealed class GraphPlanThreadsTests : IDisposable
{
    private readonly int before = get_num_threads();

    public void Dispose() => set_num_threads(before);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Any_number_of_threads_gives_the_same_bits(bool isNormalized)
    {
        Assert.SkipUnless(StepPlan.IsOn, "The processor lacks the instructions.");
        float[][] one = Weights(1, isNormalized);
        Assert.Equal(one, Weights(2, isNormalized));
        Assert.Equal(one, Weights(3, isNormalized));
    }

    private static float[][] Weights(int threads, bool isNormalized)
    {
        set_num_threads(threads);
        using Model model = GraphPlanTests.Compiled(isNormalized ? GraphPlanTests.Residual([8, 8, 3]) : Plain(), byPlan: true);
        model.Fit(GraphPlanTests.Images(520), StepPlanTests.Labels(520), batchSize: 260, epochs: 1, verbose: 0);
        Assert.True(model.StepWasPlanned);
        return [.. model.Weights.Select(weight => weight.ToFloats())];
    }

    private static Functional Plain()
    {
        var image = new Input([8, 8, 3]);
        KerasTensor x = new Conv2D(32, 3, padding: "same", activation: "relu").Apply(image);
        KerasTensor sum = new Activation("relu").Apply(new Add().Apply(new Conv2D(32, 3, padding: "same", activation: "tanh").Apply(x), x));
        return new Functional(image, new Dense(5).Apply(new Dense(40, "relu").Apply(new Flatten().Apply(new Dropout(0.2).Apply(sum)))));
    }
}
