using Cairn.Callbacks;
using Cairn.Tests.Training;

namespace Cairn.Tests.Callbacks;

/// <summary>The remarks in a checkpoint file, and their use by a restarted training.</summary>
public sealed class CheckpointRemarksTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("remarks");
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    private string File => Path.Combine(folder.FullName, "best.h5");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_file_contains_the_monitor_the_exact_best_value_and_the_epoch()
    {
        // 0.1 + 0.2 needs 17 digits: 0.30000000000000004.
        Train(new ModelCheckpoint(File, "loss", saveBestOnly: true), 0.5, 0.1 + 0.2, 0.4);
        Assert.Equal(new CheckpointRemarks("loss", 0.1 + 0.2, 2), CheckpointRemarks.Read(File));
        Assert.Equal(
            new Dictionary<string, string> { ["monitor"] = "loss", ["best"] = "0.30000000000000004", ["epoch"] = "2" },
            Model.ReadRemarks(File));
        using var loaded = Model.Load(File);
        Assert.Equal(1, loaded.GetWeights().SelectMany(weight => weight.ToArray()).Distinct().Single());
    }

    [Fact]
    public void A_model_that_was_not_saved_as_the_best_has_no_best_value()
    {
        Train(new ModelCheckpoint(File, "loss"), 0.5, 0.25);
        Assert.Equal(new CheckpointRemarks("loss", null, 2), CheckpointRemarks.Read(File));

        // With saveBestOnly and without the monitored value, Keras saves anyway.
        Train(new ModelCheckpoint(File, "val_loss", saveBestOnly: true), 0.5);
        Assert.Equal(new CheckpointRemarks("val_loss", null, 1), CheckpointRemarks.Read(File));
    }

    [Fact]
    public void A_file_of_Keras_has_no_remarks()
    {
        Assert.Empty(Model.ReadRemarks(ReferenceFile.PathOf("files/mlp/model.h5")));
    }

    [Fact]
    public void A_training_that_is_started_again_does_not_replace_a_better_model()
    {
        Train(new ModelCheckpoint(File, "loss", saveBestOnly: true), 0.5, 0.25);
        byte[] before = System.IO.File.ReadAllBytes(File);
        var checkpoint = new ModelCheckpoint(File, "loss", verbose: 1, saveBestOnly: true, initialValueThreshold: "auto");
        History history = Train(checkpoint, 0.75, 0.25);
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        Assert.Equal(0.25, checkpoint.Best);
        Assert.Equal(
            $"{File} holds a model with loss 0.25000, which the next one must improve on\n"
            + "\nEpoch 1: loss did not improve from 0.25000\n\nEpoch 2: loss did not improve from 0.25000\n",
            output.ToString());
        TrainingEvent taken = Assert.Single(history.Events);
        Assert.Equal((EventKind.BestTaken, 0.25, File), (taken.Kind, taken.NewValue, taken.Path));

        // A better one is saved, and the next training has to improve on it.
        Assert.Equal([EventKind.BestTaken, EventKind.ModelSaved], Train(checkpoint, 0.5, 0.125).Events.Select(happened => happened.Kind));
        Assert.Equal(0.125, CheckpointRemarks.Read(File).Best);
        Assert.DoesNotContain(Train(checkpoint, 0.2).Events, happened => happened.Kind == EventKind.ModelSaved);
        Assert.Equal("", error.ToString());
    }

    [Fact]
    public void Without_auto_the_first_value_is_the_best_as_in_Keras()
    {
        Train(new ModelCheckpoint(File, "loss", saveBestOnly: true), 0.25);
        Train(new ModelCheckpoint(File, "loss", saveBestOnly: true), 0.75);
        Assert.Equal(0.75, CheckpointRemarks.Read(File).Best);
    }

    [Fact]
    public void Higher_is_better_also_in_the_file()
    {
        Train(new ModelCheckpoint(File, "loss", saveBestOnly: true, mode: "max"), 0.5);
        var auto = new ModelCheckpoint(File, "loss", saveBestOnly: true, mode: "max", initialValueThreshold: "auto");
        Train(auto, 0.25);
        Assert.Equal(0.5, CheckpointRemarks.Read(File).Best);
        Train(auto, 0.75);
        Assert.Equal(0.75, CheckpointRemarks.Read(File).Best);
    }

    [Fact]
    public void Without_a_file_there_is_no_value_to_improve_on()
    {
        Train(new ModelCheckpoint(File, "loss", saveBestOnly: true, initialValueThreshold: "auto"), 9);
        Assert.Equal(9, CheckpointRemarks.Read(File).Best);
        Assert.Equal("", error.ToString());
    }

    [Theory]
    [InlineData("other monitor", "it was saved for `mae`")]
    [InlineData("no best", "it does not store one")]
    [InlineData("NaN", "it does not store one")]
    [InlineData("rubbish", "HDF5")]
    public void A_file_without_a_best_value_of_this_monitor_is_replaced_with_a_warning(string what, string why)
    {
        switch (what)
        {
            case "other monitor":
                Train(new ModelCheckpoint(File, "mae", saveBestOnly: true), 0.1);
                var remarks = CheckpointRemarks.Read(File);
                Assert.Equal("mae", remarks.Monitor);
                break;
            case "no best":
                Train(new ModelCheckpoint(File, "loss"), 0.1);
                break;
            case "NaN":
                Train(new ModelCheckpoint(File, "loss", saveBestOnly: true), double.NaN);
                Assert.Equal(double.NaN, CheckpointRemarks.Read(File).Best);
                break;
            default:
                System.IO.File.WriteAllText(File, "this is no model");
                break;
        }

        error.GetStringBuilder().Clear();
        History history = Train(new ModelCheckpoint(File, "loss", saveBestOnly: true, initialValueThreshold: "auto"), 0.75);
        Assert.Contains($"can't read the best `loss` from the existing file {File}, which will be overwritten: ", error.ToString());
        Assert.Contains(why, error.ToString());
        Assert.Equal([EventKind.Warning, EventKind.ModelSaved], history.Events.Select(happened => happened.Kind));
        Assert.Equal(0.75, CheckpointRemarks.Read(File).Best);
    }

    [Theory]
    [InlineData("m.h5", false, false, "requires saveBestOnly: true")]
    [InlineData("{epoch}.h5", true, false, "requires a filepath without fields")]
    [InlineData("m.weights.h5", true, true, "requires a whole-model file")]
    public void Auto_is_refused_if_no_value_can_be_found(string path, bool bestOnly, bool weightsOnly, string expected)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new ModelCheckpoint(path, saveBestOnly: bestOnly, saveWeightsOnly: weightsOnly, initialValueThreshold: "auto"));
        Assert.Equal("initialValueThreshold", refused.ParamName);
        Assert.Contains(expected, refused.Message);
        Assert.Contains(path, refused.Message);
    }

    [Fact]
    public void A_threshold_is_a_number_auto_or_nothing()
    {
        Assert.Equal(0.5, new ModelCheckpoint("m.h5", initialValueThreshold: 0.5).InitialValueThreshold!.Value.Value);
        Assert.Null(new ModelCheckpoint("m.h5", initialValueThreshold: null).InitialValueThreshold);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => new ModelCheckpoint("m.h5", initialValueThreshold: "file"));
        Assert.Contains("'file'; allowed are a number, 'auto' and null", refused.Message);
    }

    private History Train(ModelCheckpoint checkpoint, params double[] losses)
    {
        using var model = TinyModel.Create();
        var list = new CallbackList([checkpoint], model, new CallbackParams { Output = output, Error = error }, addHistory: true);
        string name = checkpoint.Monitor == "mae" ? "mae" : "loss";
        list.OnTrainBegin();
        for (int epoch = 0; epoch < losses.Length; epoch++)
        {
            list.OnEpochBegin(epoch);
            TinyModel.Fill(model, epoch);
            list.OnEpochEnd(epoch, new Logs([new(name, losses[epoch])]));
        }

        list.OnTrainEnd();
        return list.History!;
    }
}
