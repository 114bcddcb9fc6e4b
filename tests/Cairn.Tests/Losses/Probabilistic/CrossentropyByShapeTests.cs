using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Metrics;
using Cairn.Optimizers;
using Cairn.Tests.Training;

namespace Cairn.Tests.Losses;

public sealed class CrossentropyByShapeTests
{
    private static readonly float[,] X = { { 0.1f, 0.9f }, { 0.8f, 0.3f }, { 0.5f, 0.5f }, { 0.2f, 0.1f } };

    [Fact]
    public void Training_with_the_string_crossentropy_is_training_with_the_loss_that_fits_the_targets()
    {
        int[] classes = [0, 1, 2, 1];
        float[,] oneHot = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 0, 1, 0 } };
        float[] zerosAndOnes = [0, 1, 1, 0];

        AssertSame(classes, 3, "softmax", "sparse_categorical_crossentropy");
        AssertSame(oneHot, 3, "softmax", "categorical_crossentropy");
        AssertSame(zerosAndOnes, 1, "sigmoid", "binary_crossentropy");
    }

    [Fact]
    public void A_saved_model_still_knows_the_string_and_the_settings_of_its_metrics()
    {
        int[] classes = [0, 1, 2, 1];
        using var folder = new Saving.TemporaryFolder();
        using var model = new Sequential([new Input([2]), new Dense(3, activation: "softmax")]);
        model.Compile(new SGD(0.5), loss: "crossentropy", metrics: ["ce", new SparseTopKCategoricalAccuracy(2, "top2")]);
        model.Fit(X, classes, verbose: 0, seed: 3);
        model.Save(folder["model.h5"]);

        using var loaded = Model.Load(folder["model.h5"]);

        Assert.Equal(model.Evaluate(X, classes, verbose: 0), loaded.Evaluate(X, classes, verbose: 0));
        Assert.Equal(["loss", "ce", "top2"], loaded.Metrics.Select(m => m.Name));
    }

    private static void AssertSame(NDArray y, int units, string activation, string loss)
    {
        using Sequential open = Trained("crossentropy", "ce");
        using Sequential named = Trained(loss, loss);

        Tolerance.Near(ReferenceRun.Flatten(named), ReferenceRun.Flatten(open), 1e-6, $"weight after {loss}");
        Logs measured = open.Evaluate(X, y, verbose: 0);
        Tolerance.Near(named.Evaluate(X, y, verbose: 0)["loss"], measured["loss"], 1e-6, loss);
        Tolerance.Near(measured["loss"], measured["ce"], 1e-6, $"the metric of {loss}");

        Sequential Trained(string lossName, string metricName)
        {
            var model = new Sequential([new Input([2]), new Dense(units, activation: activation)]);
            model.Compile(new SGD(0.5), loss: lossName, metrics: [metricName]);
            model.Fit(X, y, epochs: 3, batchSize: 2, verbose: 0, seed: 3, shuffle: false);
            return model;
        }
    }
}
