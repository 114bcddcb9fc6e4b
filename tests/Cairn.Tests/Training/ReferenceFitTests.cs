using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Tests.Saving;

namespace Cairn.Tests.Training;

public sealed class ReferenceFitTests
{
    public static TheoryData<string> Runs => [.. ReferenceRun.Names];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_gives_the_losses_metrics_rates_and_weights_of_Keras(string name)
    {
        var run = new ReferenceRun(name);
        using var folder = new TemporaryFolder();
        using Model model = run.CreateModel();
        var output = new StringWriter { NewLine = "\n" };
        model.Output = output;
        double tolerance = ToleranceOf(run);

        History history = run.Fit(model, run.CreateCallbacks(folder.Folder));

        foreach ((string key, JsonNode? values) in run.Json["history"]!.AsObject())
        {
            double[] expected = [.. values!.AsArray().Select(ReferenceRun.Number)];
            Assert.Equal(expected.Length, history[key].Count);
            for (int epoch = 0; epoch < expected.Length; epoch++) Tolerance.Near(expected[epoch], history[key][epoch], tolerance, $"{key} of epoch {epoch}");
        }

        Assert.Equal(run.Json["history_epoch"]!.AsArray().Select(e => e!.GetValue<int>()), history.Epochs);
        Assert.Equal(run.Json["epochs"]!.AsArray()[^1]!["iterations"]!.GetValue<long>(), model.Optimizer!.Iterations);
        Tolerance.Near(ReferenceRun.Number(run.Json["epochs"]!.AsArray()[^1]!["lr"]), model.Optimizer.LearningRate, 1e-7, "learning rate at the end");
        Tolerance.Near(run.Array("w_final").ToArray(), ReferenceRun.Flatten(model), Math.Max(tolerance, Tolerance.DenseWeights), "weight");
        Tolerance.Near(run.Array("predictions").ToArray(), model.Predict(Head(run.Array("x"), 32), verbose: 0).ToArray(), Math.Max(tolerance, Tolerance.DenseWeights), "prediction");
        foreach ((string key, JsonNode? value) in run.Json["evaluate_after_fit"]!.AsObject())
        {
            Tolerance.Near(ReferenceRun.Number(value), model.Evaluate(run.Array("x"), run.Array("y"), verbose: 0, sampleWeight: run.Has("sample_weight") ? run.Array("sample_weight") : null)[key], tolerance, $"evaluated {key}");
        }

        Assert.Equal(WithoutNumbers(run.Json["stdout"]!.GetValue<string>()), WithoutNumbers(output.ToString().Replace(folder.Folder + Path.DirectorySeparatorChar, "")));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_run_leaves_the_optimizer_state_of_Keras(string name)
    {
        var run = new ReferenceRun(name);
        using var folder = new TemporaryFolder();
        using Model model = run.CreateModel();
        model.Output = TextWriter.Null;

        run.Fit(model, run.CreateCallbacks(folder.Folder));

        float[] state = [.. Cairn.Saving.OptimizerState.Describe(model.Optimizer!).SelectMany(v => v.ToSingles())];
        Tolerance.Near(run.Array("opt_final").ToArray(), state, Math.Max(ToleranceOf(run), Tolerance.DenseWeights), "optimizer variable");
    }

    private static double ToleranceOf(ReferenceRun run)
    {
        if (run.Name is "cnn_bn_pool_flatten" or "mlp_bn_ln") return Tolerance.NoisyBias;
        string config = run.Json["model_config"]!.ToJsonString();
        if (run.Json["fit"]!["epochs"]!.GetValue<int>() >= 20) return Tolerance.LongRun;
        return config.Contains("Conv2D") || config.Contains("BatchNormalization") ? Tolerance.Convolution : Tolerance.Dense;
    }

    private static NDArray Head(NDArray x, int count)
    {
        int rows = (int)Math.Min(count, x.Shape[0]);
        int width = (int)(x.Shape.ElementCount / x.Shape[0]);
        return NDArray.From(x.ToArray()[..(rows * width)], [rows, .. x.Shape[1..]]);
    }

    // Messages must agree word for word; the numbers in them are compared above, where a tolerance can be applied.
    private static string WithoutNumbers(string text) => System.Text.RegularExpressions.Regex.Replace(text, @"\d+\.\d+(e-?\d+)?", "#");
}
