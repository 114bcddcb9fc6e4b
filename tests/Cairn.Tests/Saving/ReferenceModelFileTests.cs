using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Files that real Keras saved: loaded, used, trained on, saved again.</summary>
public sealed class ReferenceModelFileTests
{
    public static TheoryData<string> Models =>
    [
        "mlp", "mlp_sgd_momentum", "mlp_rmsprop_centered", "mlp_adamw_schedule", "cnn_bn", "cnn_separable_depthwise", "nested_sequential",
        "mlp_names_unicode_trainable_false", "nested_functional", "layernorm_mha", "big300", "big300_long_names", "lstm", "gru", "simple_rnn_conv1d", "bidirectional", "embedding",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_file_of_Keras_predicts_what_Keras_predicted(string name)
    {
        using Model model = Load(name);

        Tolerance.Near(Array(name, "predictions").ToArray(), model.Predict(Array(name, "x"), verbose: 0).ToArray(), Tolerance.Prediction, "prediction");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_file_of_Keras_goes_on_training_as_if_it_had_never_been_saved(string name)
    {
        using Model model = Load(name);
        ReferenceContinuation.AssertContinues(model, name);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Saved_again_and_loaded_again_it_still_goes_on_as_if_it_had_never_been_saved(string name)
    {
        using var folder = new TemporaryFolder();
        using (Model first = Load(name)) first.Save(folder["again.h5"]);

        using Model model = Model.Load(folder["again.h5"]);

        Assert.Equal(Array(name, "weights").ToArray(), ReferenceRun.Flatten(model));
        ReferenceContinuation.AssertContinues(model, name);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("mlp_sgd_momentum")]
    [InlineData("mlp_rmsprop_centered")]
    [InlineData("mlp_adamw_schedule")]
    [InlineData("cnn_bn")]
    [InlineData("cnn_separable_depthwise")]
    [InlineData("nested_sequential")]
    [InlineData("nested_functional")]
    [InlineData("layernorm_mha")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("bidirectional")]
    [InlineData("embedding")]
    public void Weights_and_optimizer_of_a_weights_file_of_Keras_continue_the_training(string name)
    {
        using Model model = Load(name);
        ReferenceRun.SetWeights(model, new float[ReferenceRun.Flatten(model).Length]);

        model.LoadWeights(Golden(name, "model.weights.h5"));

        Assert.Equal(Array(name, "weights").ToArray(), ReferenceRun.Flatten(model));
        ReferenceContinuation.AssertContinues(model, name);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("cnn_bn")]
    [InlineData("cnn_separable_depthwise")]
    [InlineData("nested_sequential")]
    [InlineData("nested_functional")]
    [InlineData("layernorm_mha")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("bidirectional")]
    [InlineData("embedding")]
    public void A_weights_file_round_trip_keeps_every_bit(string name)
    {
        using var folder = new TemporaryFolder();
        using Model model = Load(name);
        model.SaveWeights(folder["w.weights.h5"]);
        float[] state = [.. OptimizerState.Describe(model.Optimizer!).SelectMany(v => v.ToSingles())];
        float[] weights = ReferenceRun.Flatten(model);

        using Model other = Load(name);
        ReferenceRun.SetWeights(other, new float[weights.Length]);
        other.LoadWeights(folder["w.weights.h5"]);

        Assert.Equal(weights, ReferenceRun.Flatten(other));
        Assert.Equal(state, OptimizerState.Describe(other.Optimizer!).SelectMany(v => v.ToSingles()));
    }

    [Fact]
    public void Weights_that_do_not_fit_change_nothing_and_name_both_shapes()
    {
        using Model model = new Sequential([new Cairn.Layers.Input([5]), new Cairn.Layers.Dense(4), new Cairn.Layers.Dense(7), new Cairn.Layers.Dense(3)], seed: 1);
        float[] before = ReferenceRun.Flatten(model);

        var exception = Assert.Throws<ModelFormatException>(() => model.LoadWeights(Golden("mlp", "model.h5")));

        Assert.Contains("(5, 7)", exception.Message);
        Assert.Contains("(5, 4)", exception.Message);
        Assert.Equal(before, ReferenceRun.Flatten(model));
    }

    private static Model Load(string name) => Model.Load(Golden(name, "model.h5"));

    private static string Golden(string name, string file) => Path.Combine(GoldenFile.Folder, name, file);

    private static NDArray Array(string name, string file) => ReferenceContinuation.Array(name, file);
}
