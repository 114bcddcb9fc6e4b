using Cairn.Callbacks;

namespace Cairn.Tests.Callbacks;

/// <summary>Cases beyond the reference data, or different from it; the rest is in <see cref="ReferenceReplayTests"/>.</summary>
public sealed class MonitorCallbackTests
{
    [Fact]
    public void A_second_training_forgets_the_first()
    {
        var reduce = new ReduceLROnPlateau("loss", factor: 0.5, patience: 1, minDelta: 0.1, cooldown: 3);
        var stopping = new EarlyStopping("loss", patience: 3, restoreBestWeights: true);
        Train([reduce, stopping], 1, 1, 1, 1);
        Assert.Equal(3, stopping.StoppedEpoch);
        Assert.True(reduce.CooldownCounter > 0);

        // Worse than the first training, but better from epoch to epoch: nothing may happen, min_delta included.
        Model model = Train([reduce, stopping], 9, 8, 7, 6);
        Assert.Equal(0.1f, model.Optimizer!.LearningRate);
        Assert.False(model.StopTraining);
        Assert.Equal((6.0, 6.0, 0, 0), (reduce.Best, stopping.Best, reduce.CooldownCounter, stopping.StoppedEpoch));
        Assert.Equal(3, stopping.BestEpoch);
    }

    [Fact]
    public void A_checkpoint_resets_its_batch_count_and_best_value_in_a_second_training()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("checkpoint");
        try
        {
            var checkpoint = new ModelCheckpoint(
                Path.Combine(folder.FullName, "{epoch}-{batch}.weights.h5"), "loss", saveBestOnly: true, saveWeightsOnly: true,
                saveFreq: 3);
            foreach (double loss in new[] { 0.5, 0.75 })
            {
                var list = new CallbackList([checkpoint], TinyModel.Create());
                list.OnTrainBegin();
                list.OnEpochBegin(0);
                for (int batch = 0; batch < 5; batch++)
                {
                    list.OnTrainBatchEnd(batch, new Logs([new("loss", loss)]));
                }

                Assert.Equal(2, checkpoint.BatchesSeenSinceLastSaving);
                Assert.Equal(loss, checkpoint.Best);
                Assert.Equal(["1-3.weights.h5"], folder.EnumerateFiles().Select(file => file.Name));
                folder.EnumerateFiles().Single().Delete();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_first_NaN_gives_way_to_the_first_finite_value()
    {
        // In Keras, NaN remains the best value forever, since no comparison with it is true.
        var stopping = new EarlyStopping("loss", patience: 2);
        var reduce = new ReduceLROnPlateau("loss", patience: 2);
        var error = new StringWriter();
        Train([stopping, reduce], error, double.NaN, 0.5, 0.25, double.NaN, double.PositiveInfinity);
        Assert.Equal((0.25, 0.25), (stopping.Best, reduce.Best));
        Assert.Equal((2, 4), (stopping.BestEpoch, stopping.StoppedEpoch));
        Assert.Contains("the first `loss` is NaN", error.ToString());

        // All of them NaN: as in Keras.
        stopping = new EarlyStopping("loss", patience: 2);
        Train([stopping], error, double.NaN, double.NaN, double.NaN);
        Assert.True(double.IsNaN(stopping.Best!.Value));
        Assert.Equal(2, stopping.StoppedEpoch);
    }

    [Fact]
    public void Differences_below_float32_are_ties()
    {
        var stopping = new EarlyStopping("loss", patience: 9);

        // 1e-9 is far below the spacing of float32 numbers near 0.5 (6e-8 above, 3e-8 below), 1e-7 is above it.
        Train([stopping], 0.5, 0.5 - 1e-9);
        Assert.Equal((0.5, 1), (stopping.Best, stopping.Wait));
        Train([stopping], 0.5, 0.5 - 1e-7);
        Assert.Equal((0.5 - 1e-7, 0), (stopping.Best, stopping.Wait));
    }

    [Fact]
    public void An_unknown_direction_names_what_is_known()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Train([new EarlyStopping("val_los")], 1));
        Assert.Contains("Did you mean 'loss'?", error.Message);
        Assert.Contains("Pass mode: \"min\"", error.Message);
    }

    [Theory]
    [InlineData("Min", "Did you mean 'min'?")]
    [InlineData("maximum", "Known: 'auto', 'min', 'max'.")]
    [InlineData("", "Unknown mode ''")]
    public void An_unknown_mode_is_refused(string mode, string expected)
    {
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new EarlyStopping(mode: mode)).Message);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_factor_that_does_not_reduce_is_refused(double factor)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLROnPlateau(factor: factor));
        Assert.Equal("factor", error.ParamName);
        Assert.Contains("does not support a factor >= 1.0", error.Message);
    }

    [Theory]
    [InlineData("m.h5", true, "Use \"m.weights.h5\".")]
    [InlineData("out/m.keras", true, "Use \"out/m.weights.h5\".")]
    [InlineData("m", false, "Use \"m.keras\".")]
    [InlineData("m.hdf5", false, "Use \"m.keras\".")]
    [InlineData("m.KERAS", false, "Use \"m.keras\".")]
    [InlineData("m.weights.h5", false, "Use \"m.keras\", or saveWeightsOnly: true.")]
    [InlineData("m.weights.h5 ", true, "Use \"m.weights.h5\".")]
    public void A_wrong_ending_is_refused_with_the_nearest_right_one(string path, bool weightsOnly, string expected)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ModelCheckpoint(path, saveWeightsOnly: weightsOnly));
        Assert.Equal("filepath", error.ParamName);
        Assert.Contains(expected, error.Message);
        Assert.Contains($"\"{path}\"", error.Message);
    }

    [Fact]
    public void A_template_that_can_never_be_filled_and_a_wrong_frequency_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ModelCheckpoint("{epoch:02q}.keras"));
        Assert.Equal("filepath", error.ParamName);
        Assert.Contains("format type 'q'", error.Message);
        Assert.Contains(">= 1", Assert.Throws<ArgumentOutOfRangeException>(() => new ModelCheckpoint("m.keras", saveFreq: 0)).Message);
        Assert.Contains("'batch'", Assert.Throws<ArgumentException>(() => new ModelCheckpoint("m.keras", saveFreq: "batch")).Message);
        Assert.Throws<ArgumentException>(() => new ModelCheckpoint(""));
        Assert.Throws<ArgumentException>(() => new EarlyStopping(""));
    }

    [Fact]
    public void A_folder_in_place_of_the_file_gives_a_clear_error()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("checkpoint");
        try
        {
            string path = Path.Combine(folder.FullName, "m.keras");
            Directory.CreateDirectory(path);
            IOException error = Assert.Throws<IOException>(() => Train([new ModelCheckpoint(path, "loss")], 1));
            Assert.Contains("it is a folder", error.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Model Train(IEnumerable<Callback> callbacks, params double[] losses) => Train(callbacks, TextWriter.Null, losses);

    private static Model Train(IEnumerable<Callback> callbacks, TextWriter error, params double[] losses)
    {
        var model = TinyModel.Create(0.1);
        var list = new CallbackList(callbacks, model, new CallbackParams { Output = TextWriter.Null, Error = error });
        list.OnTrainBegin();
        for (int epoch = 0; epoch < losses.Length; epoch++)
        {
            list.OnEpochBegin(epoch);
            list.OnEpochEnd(epoch, new Logs([new("loss", losses[epoch])]));
        }

        list.OnTrainEnd();
        return model;
    }
}
