using Cairn.Callbacks;
using Cairn.Tests.Saving;
using Cairn.Tests.Saving.Runs;
using Cairn.Training.Plan;

namespace Cairn.Tests.Training.Plan;

/// <summary>A run by plan that ends within an epoch, and is started again, has the bits of one that was not ended.</summary>
public sealed class GraphPlanResumeTests
{
    public static TheoryData<string> Kinds => GraphPlanTests.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_resumed_run_ends_with_the_same_bits(string kind)
    {
        Assert.SkipUnless(StepPlan.IsOn, "The processor lacks the instructions.");
        using TemporaryFolder folder = new(), other = new();
        float[][] whole = Weights(folder, kind, dieAt: null)!;
        Assert.Null(Weights(other, kind, dieAt: 5));
        Assert.Equal(whole, Weights(other, kind, dieAt: null));
    }

    private static float[][]? Weights(TemporaryFolder folder, string kind, int? dieAt)
    {
        using Model model = GraphPlanTests.Compiled(GraphPlanTests.Models[kind](), byPlan: true);
        int step = 0;
        var death = new LambdaCallback(onTrainBatchBegin: (_, _) =>
        {
            if (step++ == dieAt)
            {
                throw new ResumedRun.DiedException();
            }
        });
        try
        {
            // Batches of 24, 24 and 12; a backup every second batch.
            model.Fit(GraphPlanTests.Images(60), StepPlanTests.Labels(60), batchSize: 24, epochs: 3, verbose: 0,
                callbacks: [death, new BackupAndRestore(folder["backup"], 2)]);
        }
        catch (Exception exception) when (exception is ResumedRun.DiedException || exception.InnerException is ResumedRun.DiedException)
        {
            return null;
        }

        Assert.True(model.StepWasPlanned);
        return [.. model.Weights.Concat(model.Optimizer!.SlotVariables).Select(weight => weight.ToFloats())];
    }
}
