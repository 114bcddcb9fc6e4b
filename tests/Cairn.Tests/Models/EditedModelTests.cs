using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Tests.Saving;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Models that are reached into, cut, put together anew, cloned and changed.</summary>
public sealed class EditedModelTests
{
    private static readonly float[,] X = { { 1, 2, 3 }, { 0, -1, 1 } };

    [Fact]
    public void A_layer_is_found_by_name_and_by_index()
    {
        using Sequential model = Row();

        Assert.Same(model.Layers[1], model.GetLayer("middle"));
        Assert.Same(model.Layers[2], model.GetLayer(2));
        Assert.Same(model.Layers[2], model.GetLayer(^1));
        Assert.Contains("middle", Assert.Throws<ArgumentException>(() => model.GetLayer("midle")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "indices 0 to 2",
            Assert.Throws<ArgumentOutOfRangeException>(() => model.GetLayer(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Sequential_is_cut_at_a_layer_and_the_part_shares_its_weights()
    {
        using Sequential model = Row();
        using var part = new Functional(model.Inputs, model.GetLayer("middle").Output);

        Assert.Equal([Shape.None, 4], part.Outputs[0].Shape);
        Assert.Same(model.GetLayer("first").Output, model.GetLayer("middle").Input);
        Assert.Same(model.Outputs[0], model.GetLayer(^1).Output);
        Assert.Same(model.Layers[0].Weights[0], part.Weights[0]);
        using var rest = new Functional(model.GetLayer("middle").Output, model.Outputs);
        Assert.Equal(model.Predict(X, verbose: 0).ToArray(), rest.Predict(part.Predict(X, verbose: 0), verbose: 0).ToArray());
    }

    [Fact]
    public void A_Sequential_that_learned_its_input_from_data_can_be_cut_too()
    {
        using var model = new Sequential([new Embedding(10, 4), new GlobalAveragePooling1D(), new Dense(2)], seed: 1);
        Assert.Contains(
            "not known yet",
            Assert.Throws<InvalidOperationException>(() => model.Layers[1].Output).Message, StringComparison.Ordinal);
        NDArray words = new int[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        NDArray expected = model.Predict(words, verbose: 0);

        using var whole = new Functional(model.Inputs, model.Outputs);

        Assert.Equal(expected.ToArray(), whole.Predict(words, verbose: 0).ToArray());
    }

    [Fact]
    public void What_is_in_no_graph_says_so()
    {
        using var layer = new Dense(1);
        Assert.Contains("is not part of a graph", Assert.Throws<InvalidOperationException>(() => layer.Output).Message,
            StringComparison.Ordinal);
        using var own = new OwnStep(new Input([3]));
        Assert.Single(own.Inputs);
    }

    [Fact]
    public void Layers_join_and_leave_after_the_summary_and_after_training()
    {
        using var model = new Sequential([new Input([3]), new Dense(4, name: "first")], seed: 2);
        model.Summary(TextWriter.Null);
        model.Compile("sgd", "mse");
        model.Fit(X, new float[2, 4], verbose: 0);
        float[] before = model.GetWeights()[0].ToArray();
        KerasTensor cut = model.Outputs[0];

        model.Add(new Dense(2, name: "second"));
        Assert.Equal([2, 2], model.Predict(X, verbose: 0).Shape);
        Assert.Equal(before, model.GetWeights()[0].ToArray());
        Assert.Equal([Shape.None, 2], model.Outputs[0].Shape);

        Layer popped = model.Pop();
        Assert.Equal("second", popped.Name);
        Assert.Same(cut, model.Outputs[0]);
        Assert.Equal([2, 4], model.Predict(X, verbose: 0).Shape);
        model.Add(new Dense(3, name: "second"));
        model.Compile("sgd", "mse");
        model.Fit(X, new float[2, 3], verbose: 0);
        Assert.Equal([Shape.None, 3], model.OutputShape);
        popped.Dispose();
        using var empty = new Sequential();
        Assert.Throws<InvalidOperationException>(() => empty.Pop());
    }

    [Fact]
    public void A_layer_that_joins_later_begins_with_the_numbers_of_one_that_was_there()
    {
        using var whole = new Sequential([new Input([3]), new Dense(3), new Dense(3)], seed: 2);
        using var grown = new Sequential([new Input([3]), new Dense(3)], seed: 2);
        grown.Summary(TextWriter.Null);
        grown.Add(new Dense(3));

        Assert.Equal(whole.GetWeights().SelectMany(w => w.ToArray()), grown.GetWeights().SelectMany(w => w.ToArray()));
    }

    [Fact]
    public void A_clone_has_the_layers_and_weights_of_its_own()
    {
        using Sequential model = Row();
        using Model clone = model.Clone();
        Assert.Equal(model.Layers.Select(l => l.Name), clone.Layers.Select(l => l.Name));
        Assert.NotEqual(model.GetWeights()[0].ToArray(), clone.GetWeights()[0].ToArray());

        clone.SetWeights(model.GetWeights());
        Assert.Equal(model.Predict(X, verbose: 0).ToArray(), clone.Predict(X, verbose: 0).ToArray());
        clone.SetWeights([.. clone.GetWeights().Select(w => NDArray.From(new float[w.Length], w.Shape))]);
        Assert.NotEqual(0, model.GetWeights()[0].ToArray()[0]);

        using var graph = new Functional(model.Inputs, model.Outputs);
        using Model second = graph.Clone();
        Assert.IsType<Functional>(second);
        using var open = new Sequential([new Dense(2)]);
        using Model third = open.Clone();
        Assert.Equal([2, 2], third.Predict(X, verbose: 0).Shape);
    }

    [Fact]
    public void A_class_derived_from_Functional_trains_in_its_own_way_and_is_saved_as_its_graph()
    {
        using var folder = new TemporaryFolder();
        using var model = new OwnStep(new Input([3]));
        model.Compile("sgd", "mse");

        History history = model.Fit(X, new float[2, 1], epochs: 2, verbose: 0);

        Assert.Equal([1, 2], history["steps"]);
        foreach (string name in (string[])["own.keras", "own.h5"])
        {
            model.Save(folder[name]);
            using var again = Model.Load(folder[name]);
            Assert.IsType<Functional>(again);
            Assert.Equal(model.Predict(X, verbose: 0).ToArray(), again.Predict(X, verbose: 0).ToArray());
        }
    }

    [Fact]
    public void A_Lambda_takes_several_inputs()
    {
        Input a = new([3]), b = new([3]);
        foreach (Lambda lambda in (Lambda[])[new((x, y) => x - (2 * y)), new((Tensor[] x) => x[0] - (2 * x[1]))])
        {
            using var model = new Functional([a, b], lambda.Apply(a, b));
            Assert.Equal([-1f, -2f, -3f, 0, 1, -1], model.Predict([X, X], verbose: 0).ToArray());
        }

        Assert.Equal([Shape.None, 3], new Lambda((x, y, z) => x + y + z).Apply(a, b, a).Shape);
        Assert.Contains("takes 1 input; got 2", Assert.Throws<ArgumentException>(() => new Lambda(x => x).Apply(a, b)).Message);
    }

    private static Sequential Row() =>
        new([new Input([3]), new Dense(5, name: "first"), new Dense(4, name: "middle"), new Dense(2, name: "last")], seed: 1);

    private sealed class OwnStep(KerasTensor inputs) : Functional(inputs, new Dense(1).Apply(inputs))
    {
        private int steps;

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            Tensor loss = ComputeLoss(batch, [Apply(batch.X, context)], context);
            loss.backward();
            ApplyGradients();
            return new() { ["steps"] = ++steps };
        }
    }
}
