using Cairn.Layers;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Freezing, fixed training modes, shared layers with several shapes, and the summary of graphs.</summary>
public sealed class FunctionalFeatureTests
{
    [Fact]
    public void Trainable_of_a_model_is_set_on_all_layers_within_and_each_can_be_set_again()
    {
        var inner = new Sequential([new Dense(2), new BatchNormalization()], name: "inner");
        using var model = new Sequential([new Input([3]), inner, new Dense(1)]);
        Assert.Equal(6, model.TrainableWeights.Count);

        model.Trainable = false;
        Assert.Empty(model.TrainableWeights);
        Assert.All(inner.Layers, layer => Assert.False(layer.Trainable));

        model.Trainable = true;
        inner.Layers[1].Trainable = false;
        Assert.Equal(4, model.TrainableWeights.Count);
        Assert.Equal(4, model.NonTrainableWeights.Count);
    }

    [Fact]
    public void Frozen_inner_layers_are_saved_and_loaded_as_frozen()
    {
        using var model = new Sequential(
            [new Input([3]), new Sequential([new Dense(2) { Trainable = false }, new Dense(2)], name: "inner"), new Dense(1)]);

        using var again = Model.FromJson(model.ToJson());

        Assert.Equal([false, true], ((Model)again.Layers[0]).Layers.Select(l => l.Trainable));
        Assert.True(again.Layers[0].Trainable);
    }

    [Fact]
    public void Frozen_layers_keep_their_weights_in_training()
    {
        var i = new Input([2]);
        var body = new Dense(3, kernelInitializer: "ones");
        using var model = new Functional(i, new Dense(1, kernelInitializer: "ones").Apply(body.Apply(i)), seed: 1);
        body.Trainable = false;
        model.Compile("sgd", "mse");

        model.Fit(new float[,] { { 1, 2 } }, new float[,] { { 0 } }, verbose: 0);

        Assert.All(body.Weights[0].ToFloats(), w => Assert.Equal(1f, w));
        Assert.All(model.Weights[2].ToFloats(), w => Assert.NotEqual(1f, w));
    }

    [Fact]
    public void A_call_with_a_fixed_training_mode_keeps_it_in_any_model_mode_and_in_files()
    {
        var i = new Input([1000]);
        using var model = new Functional(
            i, [new Dropout(0.5).Apply(i, training: true), new Dropout(0.5).Apply(i, training: false), new Dropout(0.5).Apply(i)], seed: 1);
        using var again = Model.FromJson(model.ToJson());
        Assert.Contains("\"kwargs\": {\"training\": true}", model.ToJson(), StringComparison.Ordinal);
        foreach (Model one in (Model[])[model, again])
        {
            one.EnsureBuilt();
            Assert.Equal([true, false, false], Dropped(one, training: false));
            Assert.Equal([true, false, true], Dropped(one, training: true));
        }
    }

    [Fact]
    public void A_fixed_training_mode_applies_to_all_layers_of_a_nested_model()
    {
        var inner = new Sequential([new Input([1000]), new Dropout(0.5)], name: "inner");
        var i = new Input([1000]);
        using var model = new Functional(i, [new Dropout(0.5).Apply(inner.Apply(i, training: false)), inner.Apply(i, training: false)]);
        model.EnsureBuilt();

        Assert.Equal([true, false], Dropped(model, training: true));
        using var again = Model.FromJson(model.ToJson());
        again.EnsureBuilt();
        Assert.Equal([true, false], Dropped(again, training: true));
    }

    [Fact]
    public void Shared_layers_take_other_sizes_where_their_weights_do_not_depend_on_them()
    {
        var small = new Input([4, 4, 1]);
        var large = new Input([6, 8, 1]);
        var conv = new Conv2D(2, 3);
        var pool = new GlobalAveragePooling2D();
        var dense = new Dense(3);
        using var model = new Functional(
            [small, large], [dense.Apply(pool.Apply(conv.Apply(small))), dense.Apply(conv.Apply(large))]);
        model.EnsureBuilt();
        Assert.Equal(4, model.Weights.Count);
        Assert.Equal([[-1, 3], [-1, 4, 6, 3]], model.OutputShapes.Select(s => s.ToArray()));

        var other = new Input([5]);
        using var wrong = new Functional([small, other], [dense.Apply(pool.Apply(conv.Apply(small))), dense.Apply(other)]);
        Assert.Contains("was built for inputs of shape (None, 2) and can't take (None, 5)",
            Assert.Throws<ArgumentException>(() => wrong.EnsureBuilt()).Message, StringComparison.Ordinal);
    }

    // Keras 3.16 prints this table for the same model on a terminal of 80 columns; it breaks the long entry into two lines, where we widen
    // the column.
    [Fact]
    public void The_summary_of_a_graph_shows_the_connections_of_each_layer()
    {
        var a = new Input([4], name: "a");
        var b = new Input([2], name: "b");
        KerasTensor hidden = new Dense(2, name: "h").Apply(a);
        using var model = new Functional([a, b], new Add(name: "s").Apply(hidden, b), name: "m");
        var text = new StringWriter();

        model.Summary(text);

        Assert.Equal(
            """
            Model: "m"
            ┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
            ┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
            ┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
            │ a (InputLayer)      │ (None, 4)         │          0 │ -                 │
            ├─────────────────────┼───────────────────┼────────────┼───────────────────┤
            │ h (Dense)           │ (None, 2)         │         10 │ a[0][0]           │
            ├─────────────────────┼───────────────────┼────────────┼───────────────────┤
            │ b (InputLayer)      │ (None, 2)         │          0 │ -                 │
            ├─────────────────────┼───────────────────┼────────────┼───────────────────┤
            │ s (Add)             │ (None, 2)         │          0 │ h[0][0], b[0][0]  │
            └─────────────────────┴───────────────────┴────────────┴───────────────────┘
             Total params: 10 (40.00 B)
             Trainable params: 10 (40.00 B)
             Non-trainable params: 0 (0.00 B)

            """.ReplaceLineEndings("\n"),
            text.ToString());
    }

    [Fact]
    public void The_summary_of_layers_in_a_row_has_no_column_of_connections()
    {
        var i = new Input([4]);
        using var model = new Functional(i, new Dense(2).Apply(new Dense(3).Apply(i)));
        var text = new StringWriter();
        model.Summary(text);
        Assert.DoesNotContain("Connected", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("input_layer (InputLayer)", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Models_of_layers_with_the_same_names_are_saved_and_loaded()
    {
        using var folder = new Saving.TemporaryFolder();
        var inside = new Input([2]);
        using var inner = new Functional(inside, new Dense(2).Apply(inside), name: "inner", seed: 1);
        inner.EnsureBuilt(); // its weights are 'dense/kernel' and 'dense/bias', as those of the model around it will be
        var i = new Input([2]);
        using var model = new Functional(i, new Dense(1).Apply(inner.Apply(i)), seed: 2);
        model.Compile("adam", "mse");
        model.Fit(new float[,] { { 1, 2 } }, new float[,] { { 0 } }, verbose: 0);
        foreach (string file in (string[])["m.h5", "m.keras"])
        {
            model.Save(folder[file]);
            using var again = Model.Load(folder[file]);
            Assert.Equal(model.Predict(new float[,] { { 3, 4 } }, verbose: 0).ToArray(),
                again.Predict(new float[,] { { 3, 4 } }, verbose: 0).ToArray());
            Assert.Equal(
                OptimizerState.Describe(model.Optimizer!).SelectMany(v => v.ToSingles()),
                OptimizerState.Describe(again.Optimizer!).SelectMany(v => v.ToSingles()));
        }
    }

    [Fact]
    public void A_layer_shared_with_a_nested_model_is_stored_once()
    {
        using var folder = new Saving.TemporaryFolder();
        (Functional model, Dense shared) = Make(1);
        model.SaveWeights(folder["m.weights.h5"]);
        (Functional other, _) = Make(2);
        other.LoadWeights(folder["m.weights.h5"]);

        Assert.Equal(2, model.Weights.Count);
        Assert.Equal(shared.Weights[0].ToFloats(), other.Weights[0].ToFloats());
        model.Dispose();
        other.Dispose();

        static (Functional, Dense) Make(long seed)
        {
            var shared = new Dense(2, name: "shared");
            var inside = new Input([2]);
            var inner = new Functional(inside, shared.Apply(inside), name: "inner");
            var i = new Input([2]);
            var model = new Functional(i, shared.Apply(inner.Apply(i)), seed: seed);
            model.EnsureBuilt();
            return (model, shared);
        }
    }

    private static bool[] Dropped(Model model, bool training)
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training, 1, CPU);
        context.BeginStep(0);
        return [.. model.Forward([ones(2, 1000)], CallArguments.One, context).Select(y => (y == 0).any().item<bool>())];
    }
}
