using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Cli;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Weights and an optimizer's state that Keras 3.16 on PyTorch split into seven files of at most 500 bytes of values.</summary>
public sealed class ShardedWeightsTests
{
    private static readonly string Folder = Path.Combine(ReferenceFile.Own, "shards");

    private static readonly JsonNode Expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")))!;

    private static string Map => Path.Combine(Folder, "w.weights.json");

    [Fact]
    public void Keras_weights_and_optimizer_state_continue_training_as_in_Keras()
    {
        using Model model = NewModel();

        model.LoadWeights(Map);

        Assert.Empty(model.LoadWarnings);
        Assert.Equal((long)Expected["iterations"]!, model.Optimizer!.Iterations);
        Tolerance.Near(Numbers("predictions"), model.Predict(Rows("x"), verbose: 0).ToArray(), 1e-5, "predictions");
        model.Fit(Rows("x"), Rows("y"), epochs: 1, shuffle: false, verbose: 0);
        Tolerance.Near(Numbers("continued"), ReferenceRun.Flatten(model), 1e-5, "continued");
    }

    [Fact]
    public void They_are_shown_and_converted()
    {
        using var folder = new TemporaryFolder();
        using (Model model = NewModel())
        {
            model.Save(folder["m.keras"]);
        }

        string listing = CommandResult.OutputOf("inspect", Map);
        CommandResult.OutputOf("convert", Map, folder["again.keras"], "--model", folder["m.keras"]);

        Assert.Contains("optimizer/13", listing, StringComparison.Ordinal);
        using var again = Model.Load(folder["again.keras"]);
        Tolerance.Near(Numbers("predictions"), again.Predict(Rows("x"), verbose: 0).ToArray(), 1e-5, "predictions");
    }

    [Fact]
    public void They_are_not_written_and_the_message_names_supported_formats()
    {
        using Model model = NewModel();

        Assert.Contains("'….weights.h5'", Assert.Throws<ArgumentException>(() => model.SaveWeights("x.weights.json")).Message,
            StringComparison.Ordinal);
        var result = CommandResult.Of("convert", Map, "x.weights.json");
        Assert.NotEqual(0, result.Code);
        Assert.Contains("read only", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_is_named()
    {
        using TemporaryFolder folder = Copy();
        File.Delete(folder["w_00003.weights.h5"]);

        ModelFormatException exception = Refused(folder);

        Assert.Contains("'w_00003.weights.h5' with these weights is missing", exception.Problem, StringComparison.Ordinal);
        Assert.Equal("weight_map//optimizer/vars", exception.Location);
    }

    [Theory]
    [InlineData("\"../w_00000.weights.h5\"", "in the same folder")]
    [InlineData("\"/etc/w.weights.h5\"", "in the same folder")]
    [InlineData("\"..\\\\w.weights.h5\"", "in the same folder")]
    [InlineData("\"C:w.weights.h5\"", "in the same folder")]
    [InlineData("\"w.weights.json\"", "in the same folder")]
    [InlineData("\"w_00003.weights.h5\"", "has no weights at '/layers/dense/vars'")]
    [InlineData("5", "expected a file name, found 5")]
    [InlineData("null", "expected a file name, found null")]
    public void Names_that_point_outside_are_refused(string name, string problem)
    {
        using TemporaryFolder folder = Copy();
        string map = File.ReadAllText(folder["w.weights.json"]);
        File.WriteAllText(folder["w.weights.json"], map.Replace("\"w_00000.weights.h5\"", name, StringComparison.Ordinal));

        Assert.Contains(problem, Refused(folder).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_weight_in_two_files_is_refused()
    {
        using TemporaryFolder folder = Copy();
        File.Copy(folder["w_00003.weights.h5"], folder["w_00004.weights.h5"], overwrite: true);

        Assert.Contains("and another file", Refused(folder).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}"), InlineData("[]"), InlineData("{\"weight_map\": {}}"), InlineData("{\"weight_map\": 1}"), InlineData("")]
    public void Other_values_are_refused(string text)
    {
        using TemporaryFolder folder = Copy();
        File.WriteAllText(folder["w.weights.json"], text);

        Refused(folder);
    }

    private static ModelFormatException Refused(TemporaryFolder folder)
    {
        using Model model = NewModel();
        float[] before = ReferenceRun.Flatten(model);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(folder["w.weights.json"]));

        Assert.Equal(before, ReferenceRun.Flatten(model));
        Assert.Equal(folder["w.weights.json"], exception.FileName);
        return exception;
    }

    private static TemporaryFolder Copy()
    {
        var folder = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(Folder, "w*"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        return folder;
    }

    private static Sequential NewModel()
    {
        var model = new Sequential(
            [new Input([6]), new Dense(12, activation: "relu", name: "a"), new Dense(10, name: "b"), new Dense(2, name: "c")],
            name: "sequential", seed: 1);
        model.Compile(new Adam(0.01), "mse");
        return model;
    }

    private static float[,] Rows(string key)
    {
        JsonArray rows = Expected[key]!.AsArray();
        float[,] all = new float[rows.Count, rows[0]!.AsArray().Count];
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < all.GetLength(1); j++)
            {
                all[i, j] = (float)rows[i]![j]!;
            }
        }

        return all;
    }

    private static float[] Numbers(string key) =>
        key == "predictions" ? [.. Rows(key).Cast<float>()] : [.. Expected[key]!.AsArray().Select(number => (float)number!)];
}
