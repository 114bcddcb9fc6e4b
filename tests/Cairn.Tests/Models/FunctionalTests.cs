using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

public sealed class FunctionalTests
{
    [Fact]
    public void A_model_of_one_input_and_one_output_predicts_trains_and_evaluates()
    {
        var input = new Input([2]);
        KerasTensor y = new Dense(1, kernelInitializer: "ones").Apply(new Dense(3, kernelInitializer: "ones").Apply(input));
        using var model = new Functional(input, y);
        model.Compile("sgd", "mse");

        Assert.Equal([9f], model.Predict(new float[,] { { 1, 2 } }, verbose: 0).ToArray()); // 3 · (1 + 2)
        Assert.Equal(81, model.Evaluate(new float[,] { { 1, 2 } }, new float[,] { { 0 } }, verbose: 0)["loss"], 1e-5);
        double before = model.Fit(new float[,] { { 1, 2 } }, new float[,] { { 0 } }, verbose: 0)["loss"][0];
        Assert.True(model.Evaluate(new float[,] { { 1, 2 } }, new float[,] { { 0 } }, verbose: 0)["loss"] < before);
    }

    [Fact]
    public void Two_inputs_and_two_outputs_keep_their_order()
    {
        var a = new Input([1], name: "a");
        var b = new Input([1], name: "b");
        KerasTensor difference = new Minus().Apply(a, b);
        using var model = new Functional(inputs: [b, a],
            outputs: [difference, new Dense(1, kernelInitializer: "ones", name: "copy").Apply(a)]);
        model.EnsureBuilt();

        Assert.Equal([[3f], [5f]], Run(model, 2, 5));
        Assert.Equal(["b", "a"], model.InputNames);
        Assert.Equal(["minus", "copy"], model.OutputNames);
        Assert.Equal([[Shape.None, 1], [Shape.None, 1]], model.OutputShapes.Select(s => s.ToArray()));
    }

    // Keras 3.16: i = Input; a = Dense(x)(i); b = Dense(z)(Dense(y)(i)); Model(i, Add()([a, b])).layers
    // gives the layers by their distance from the output, whatever the order of their calls.
    [Fact]
    public void Layers_and_weights_are_ordered_by_their_distance_from_the_output()
    {
        var i = new Input([2]);
        KerasTensor near = new Dense(2, name: "x", useBias: false).Apply(i);
        KerasTensor far = new Dense(2, name: "z", useBias: false).Apply(new Dense(2, name: "y", useBias: false).Apply(i));
        using var model = new Functional(i, new Minus().Apply(near, far));

        Assert.Equal(["input_layer", "y", "x", "z", "minus"], model.Layers.Select(l => l.Name));
        Assert.Equal(["y/kernel", "x/kernel", "z/kernel"], model.Weights.Select(w => w.Path));
    }

    [Fact]
    public void Automatic_names_are_counted_in_the_order_in_which_the_layers_were_made()
    {
        var second = new Input([2]);
        var last = new Dense(1);
        var first = new Dense(2);
        using var model = new Functional(second, last.Apply(first.Apply(second)), name: "m");

        Assert.Equal(["input_layer", "dense_1", "dense"], model.Layers.Select(l => l.Name));
        Assert.Equal(("dense", "dense_1"), (last.Name, first.Name));
    }

    [Fact]
    public void A_shared_layer_has_one_set_of_weights_which_learns_from_all_its_uses()
    {
        var a = new Input([1]);
        var b = new Input([1]);
        var shared = new Dense(1, kernelInitializer: "ones", useBias: false);
        using var model = new Functional([a, b], new Minus().Apply(shared.Apply(a), shared.Apply(b)));
        Variable kernel = Assert.Single(model.Weights);
        using var context = new CallContext(training: true, 0, CPU);
        kernel.Value.requires_grad_(true);
        using DisposeScope scope = NewDisposeScope();

        Tensor y = model.Forward([tensor(new[,] { { 5f } }), tensor(new[,] { { 3f } })], CallArguments.List(2), context)[0];
        y.sum().backward();

        Assert.Equal(2f, kernel.Value.grad!.item<float>()); // d(5w - 3w)/dw
    }

    [Fact]
    public void A_layer_that_another_model_built_keeps_its_weights_and_its_name()
    {
        var i = new Input([2]);
        var hidden = new Dense(3);
        var head = new Dense(1);
        KerasTensor features = hidden.Apply(i);
        using var whole = new Functional(i, head.Apply(features), seed: 1);
        Variable kernel = whole.Weights[0];

        using var part = new Functional(i, features, seed: 2);
        using var more = new Functional(i, new Dense(4).Apply(features), seed: 3);

        Assert.Same(kernel, part.Weights[0]);
        Assert.Same(kernel, more.Weights[0]);
        // "dense_1" is free here; the names are the model's own
        Assert.Equal(["input_layer", "dense", "dense_1"], more.Layers.Select(l => l.Name));
    }

    [Fact]
    public void A_model_may_start_at_an_intermediate_tensor_of_a_graph()
    {
        var i = new Input([2]);
        KerasTensor features = new Dense(3, kernelInitializer: "ones").Apply(i);
        KerasTensor y = new Dense(1, kernelInitializer: "ones").Apply(features);
        using var whole = new Functional(i, y);
        using var head = new Functional(features, y);

        Assert.Equal([6f], head.Predict(new float[,] { { 1, 2, 3 } }, verbose: 0).ToArray());
        Assert.Same(whole.Weights[2], head.Weights[0]);
        Assert.Equal([Shape.None, 3], head.Inputs[0].Shape);
    }

    [Fact]
    public void Models_are_layers_of_functional_and_sequential_models()
    {
        var inside = new Input([2]);
        using var inner = new Functional(inside, new Dense(2, kernelInitializer: "ones", useBias: false).Apply(inside), name: "inner");
        using var chain = new Sequential([new Dense(2, kernelInitializer: "ones", useBias: false)], name: "chain");
        var i = new Input([2]);
        using var model = new Functional(i, chain.Apply(inner.Apply(i)), name: "outer");
        using var row = new Sequential([new Input([2]), model], name: "row");

        Assert.Equal(["row/outer/inner/dense/kernel", "row/outer/chain/dense/kernel"], row.Weights.Select(w => w.Path));
        Assert.Equal([6f, 6f], row.Predict(new float[,] { { 1, 2 } }, verbose: 0).ToArray()); // (1 + 2) + (1 + 2)
    }

    [Fact]
    public void The_seed_decides_all_weights()
    {
        static Functional Make(long seed)
        {
            var i = new Input([4]);
            return new Functional(i, new Dense(2).Apply(new Dense(3).Apply(i)), seed: seed);
        }

        using Functional one = Make(7);
        using Functional same = Make(7);
        using Functional other = Make(8);
        Assert.Equal(one.Weights.SelectMany(w => w.ToFloats()), same.Weights.SelectMany(w => w.ToFloats()));
        Assert.NotEqual(one.Weights[0].ToFloats(), other.Weights[0].ToFloats());
    }

    [Fact]
    public void A_missing_input_is_named()
    {
        var a = new Input([2], name: "left");
        var b = new Input([2], name: "right");
        KerasTensor y = new Minus().Apply(a, b);

        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new Functional(a, y));

        Assert.Contains("Minus 'minus' needs the tensor KerasTensor (None, 2) of 'right', which is not among the inputs ('left')",
            thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_that_leads_nowhere_belongs_to_the_model()
    {
        var a = new Input([1], name: "a");
        var b = new Input([1], name: "b");
        using var model = new Functional([a, b], new Dense(1, kernelInitializer: "ones").Apply(b));
        model.EnsureBuilt();

        Assert.Equal([[5f]], Run(model, 2, 5));
        Assert.Contains(a, model.Layers);
    }

    [Fact]
    public void Two_layers_of_one_name_and_an_input_given_twice_are_refused()
    {
        var i = new Input([1]);
        KerasTensor y = new Dense(1, name: "d").Apply(new Dense(1, name: "d").Apply(i));

        Assert.Contains("'d' is used twice", Assert.Throws<ArgumentException>(() => new Functional(i, y)).Message,
            StringComparison.Ordinal);
        Assert.Contains("given twice", Assert.Throws<ArgumentException>(() => new Functional([i, i], y)).Message, StringComparison.Ordinal);
        Assert.Contains("none is given", Assert.Throws<ArgumentException>(() => new Functional([], y)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_another_shape_or_number_are_refused_by_the_name_of_the_input()
    {
        var a = new Input([2], name: "a");
        var b = new Input([2], name: "b");
        using var model = new Functional([a, b], new Minus().Apply(a, b), name: "m");

        Assert.Contains("'b' of the model 'm' has the shape (None, 2); got (None, 3)",
            Assert.Throws<ArgumentException>(() => model.Build([[-1, 2], [-1, 3]])).Message, StringComparison.Ordinal);
        Assert.Contains("takes 2 inputs (a, b); got 1", Assert.Throws<ArgumentException>(() => model.Build([-1, 2])).Message,
            StringComparison.Ordinal);
        model.EnsureBuilt();
        Assert.Contains("has 2 inputs: a, b", Assert.Throws<ArgumentException>(() => model.Predict(new float[,] { { 1, 2 } })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Graphs_deeper_than_the_stack_work()
    {
        var i = new Input([1]);
        KerasTensor y = i;
        var layer = new Cairn.Layers.Activation("linear");
        for (int n = 0; n < 30_000; n++)
        {
            y = layer.Apply(y);
        }

        using var model = new Functional(i, y);
        model.EnsureBuilt();
        Assert.Equal(2, model.Layers.Count);
    }

    private static float[][] Run(Model model, params float[] inputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);
        Tensor[] outputs = model.Forward([.. inputs.Select(x => tensor(new[,] { { x } }))], CallArguments.For(inputs.Length), context);
        return [.. outputs.Select(y => y.data<float>().ToArray())];
    }

    private sealed class Minus() : MultiInputLayer(null)
    {
        public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) => [inputShapes[0]];

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) => [inputs[0].sub(inputs[1])];
    }
}
