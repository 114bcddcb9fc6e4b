using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Keras 3.16 models with layers for images, audio and image sequences: predictions, files, training, and a random
/// transform.</summary>
public sealed class MoreLayerTests
{
    private static readonly PackedCases Recorded = new("more/layers.zip");

    public static TheoryData<string> Models => [.. Recorded.Names(c => !IsDrawn(c))];

    public static TheoryData<string> Trained => [.. Recorded.Names(c => c["loss"] is not null)];

    public static TheoryData<string> Drawn => [.. Recorded.Names(IsDrawn)];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_file_of_Keras_predicts_as_in_Keras_and_so_does_our_copy_of_it(string name)
    {
        using var folder = new TemporaryFolder();
        NDArray expected = Recorded.Array($"{name}.y0.npy", folder);
        using (var model = Model.Load(Recorded.Extract($"{name}.keras", folder)))
        {
            Check(model);
            model.Save(folder["copy.keras"]);
            model.Save(folder["copy.h5"]);
        }

        using var copy = Model.Load(folder["copy.keras"]);
        Check(copy);
        using var legacy = Model.Load(folder["copy.h5"]);
        Check(legacy);

        void Check(Model loaded)
        {
            NDArray y = loaded.Predict(Recorded.Arrays(name, "x", folder), verbose: 0);
            Assert.Equal(expected.Shape, y.Shape);
            Near(expected.ToArray(), y.ToArray(), Tolerance.Prediction, name);
        }
    }

    [Theory]
    [MemberData(nameof(Trained))]
    public void Three_epochs_of_training_have_the_losses_of_Keras_and_end_at_its_weights(string name)
    {
        using var folder = new TemporaryFolder();
        using var model = Model.Load(Recorded.Extract($"{name}.init.keras", folder));
        model.Compile(new Cairn.Optimizers.SGD(0.05), "mse");
        NDArray t = Recorded.Array($"{name}.t.npy", folder);

        Cairn.Callbacks.History history = model.Fit(
            Recorded.Arrays(name, "x", folder), t, batchSize: (int)t.Shape[0], epochs: 3, shuffle: false, verbose: 0);

        Tolerance.Near(
            [.. Recorded.Case(name)["loss"]!.AsArray().Select(v => v!.GetValue<float>())], [.. history["loss"].Select(v => (float)v)],
            Tolerance.Convolution, name);
        using var expected = Model.Load(Recorded.Extract($"{name}.keras", folder));
        foreach ((Variable trained, Variable recorded) in model.Weights.Zip(expected.Weights))
        {
            Tolerance.Near(Numbers(recorded), Numbers(trained), Tolerance.Convolution, $"{name}: {trained.Path}");
        }
    }

    [Theory]
    [MemberData(nameof(Drawn))]
    public void A_random_transform_gives_the_pixels_of_Keras(string name)
    {
        using var folder = new TemporaryFolder();
        JsonObject config = Recorded.Case(name)["config"]!.DeepClone().AsObject();
        string className = string.Concat(config["name"]!.GetValue<string>().Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
        using Layer layer = LayerRegistry.Deserialize(new JsonObject { ["class_name"] = className, ["config"] = config }, name);
        NDArray x = Recorded.Array($"{name}.x0.npy", folder);
        var input = new Input(x.Shape[1..]);
        using var model = new Functional(input, layer.Apply(input, training: true));

        Near(Recorded.Array($"{name}.y0.npy", folder).ToArray(), model.Predict(x, verbose: 0).ToArray(), Tolerance.Convolution, name);
    }

    // Relative to the largest value: pixels are sums of products of pixels up to 255.
    private static void Near(float[] expected, float[] actual, double tolerance, string what)
    {
        float scale = Math.Max(1, expected.Max(Math.Abs));
        Tolerance.Near([.. expected.Select(v => v / scale)], [.. actual.Select(v => v / scale)], tolerance, what);
    }

    private static float[] Numbers(Variable variable) => variable.Value.detach().cpu().contiguous().data<float>().ToArray();

    private static bool IsDrawn(JsonObject recorded) => recorded["config"] is not null;
}
