using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Cli;

[Collection(nameof(CliCollection))]
public sealed class ConvertCommandTests(TrainedDigits digits)
{
    [Theory]
    [InlineData("a.keras", "b.h5")]
    [InlineData("a.h5", "b.keras")]
    public void A_whole_model_keeps_weights_optimizer_training_and_remarks(string first, string second)
    {
        using var folder = new TemporaryFolder();
        CommandResult.OutputOf("convert", digits.Model, folder[first]);
        string output = CommandResult.OutputOf("convert", folder[first], folder[second]);

        using var before = Model.Load(digits.Model);
        using var after = Model.Load(folder[second]);
        Assert.Contains("the model 'digits'", output);
        Assert.Equal(ReferenceRun.Flatten(before), ReferenceRun.Flatten(after));
        Assert.Equal(before.Optimizer!.Iterations, after.Optimizer!.Iterations);
        Assert.Equal(
            OptimizerState.Describe(before.Optimizer).SelectMany(v => v.ToSingles()),
            OptimizerState.Describe(after.Optimizer).SelectMany(v => v.ToSingles()));
        Assert.Equal(before.Loss!.ClassName, after.Loss!.ClassName);
        Assert.Equal(Model.ReadRemarks(digits.Model), Model.ReadRemarks(folder[second]));
        Assert.NotEmpty(Model.ReadRemarks(folder[second]));
    }

    [Theory]
    [InlineData("w.weights.h5"), InlineData("w.safetensors"), InlineData("w.dat")]
    public void Weights_taken_out_and_put_back_are_the_same(string file)
    {
        using var folder = new TemporaryFolder();
        CommandResult.OutputOf("convert", digits.Model, folder[file]);
        CommandResult.OutputOf("convert", digits.Model, folder["architecture.json"]);

        CommandResult.OutputOf("convert", folder[file], folder["again.keras"], "--model", folder["architecture.json"]);

        using var before = Model.Load(digits.Model);
        using var after = Model.Load(folder["again.keras"]);
        Assert.Equal(ReferenceRun.Flatten(before), ReferenceRun.Flatten(after));
        Assert.False(after.Compiled);
    }

    [Fact]
    public void Files_that_store_weights_by_name_need_no_model()
    {
        using var folder = new TemporaryFolder();
        CommandResult.OutputOf("convert", digits.Model, folder["a.safetensors"]);
        CommandResult.OutputOf("convert", folder["a.safetensors"], folder["b.dat"]);
        CommandResult.OutputOf("convert", folder["b.dat"], folder["c.safetensors"]);

        Assert.Equal(File.ReadAllBytes(folder["a.safetensors"]), File.ReadAllBytes(folder["c.safetensors"]));
    }

    [Theory]
    [InlineData("w.safetensors", "conv2d/kernel", "", "(3, 3, 1, 32)")]
    [InlineData("w.dat", "conv2d/kernel", "", "(3, 3, 1, 32)")]
    [InlineData("w.weights.h5", "layers/conv2d/0", "conv2d", "(3, 3, 1, 32)")]
    public void Inspect_lists_what_a_file_of_weights_holds(string file, string name, string owner, string shape)
    {
        using var folder = new TemporaryFolder();
        CommandResult.OutputOf("convert", digits.Model, folder[file]);

        string output = CommandResult.OutputOf("inspect", folder[file]);

        Assert.Equal([name, owner, "float32", shape, "288"], CommandResult.Row(output, name));
    }

    [Fact]
    public void Inspect_reads_an_archive_with_its_remarks()
    {
        using var folder = new TemporaryFolder();
        CommandResult.OutputOf("convert", digits.Model, folder["m.keras"]);

        string output = CommandResult.OutputOf("inspect", folder["m.keras"]);

        Assert.Equal("Adam", CommandResult.Row(output, "class")[1]);
        Assert.Equal("val_loss", CommandResult.Row(output, "monitor")[1]);
    }

    [Fact]
    public void Errors_are_one_line()
    {
        using var folder = new TemporaryFolder();
        CommandResult.OutputOf("convert", digits.Model, folder["w.weights.h5"]);
        foreach ((string[] arguments, string problem) in new (string[], string)[]
        {
            ([folder["w.weights.h5"], folder["x.safetensors"]], "--model"),
            ([folder["w.weights.h5"], folder["x.keras"]], "--model"),
            ([digits.Model, digits.Model], "same file"),
            ([digits.Model, folder["x.onnx"]], ".onnx' can't be written"),
            ([folder["gone.keras"], folder["x.h5"]], "there is no file"),
            ([folder[""], folder["x.h5"]], "is a folder"),
            ([digits.Model, folder["x.h5"], "--model", digits.Model], "contains its model"),
        })
        {
            var result = CommandResult.Of(["convert", .. arguments]);
            Assert.Equal(1, result.Code);
            Assert.Contains(problem, result.Error);
            Assert.Equal(1, result.Error.Count(c => c == '\n'));
        }
    }
}
