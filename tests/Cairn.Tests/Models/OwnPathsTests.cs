using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Custom layers with several outputs, and custom models with several inputs or outputs, trained on arrays and datasets.</summary>
public sealed class OwnPathsTests
{
    private static readonly float[,] Left = { { 1, 2 }, { 0, -1 }, { 2, 0 }, { 1, 1 }, { -1, 3 } };
    private static readonly float[,] Right = { { 1, 2, 3 }, { 0, -1, 1 }, { 2, 0, 1 }, { 1, 1, 1 }, { 0, 0, 2 } };
    private static readonly float[,] Y = { { 1 }, { 0 }, { 2 }, { 1 }, { -1 } };

    [Fact]
    public void A_layer_with_several_outputs_takes_part_in_a_functional_model()
    {
        using Functional model = Halved(new Halves());
        model.Compile(new SGD(0.1), "mse");

        // Kernels of ones: (x0 + x1) + 2 (x2 + x3).
        Assert.Equal([1 + 2 + (2 * (3 + 4f)), 0], model.Predict(new float[,] { { 1, 2, 3, 4 }, { 0, 0, 0, 0 } }, verbose: 0).ToArray());
        History history = model.Fit(new float[,] { { 1, 2, 3, 4 }, { 0, 1, 0, 0 } }, new float[,] { { 1 }, { 2 } }, epochs: 2, verbose: 0);
        Assert.Equal(((16.0 * 16) + (1 * 1)) / 2, history["loss"][0], 1e-4);
    }

    [Fact]
    public void So_does_one_that_derives_from_MultiInputLayer_and_has_one_input()
    {
        using Functional model = Halved(new HalvesOfList());

        Assert.Equal([17f], model.Predict(new float[,] { { 1, 2, 3, 4 } }, verbose: 0).ToArray());
    }

    [Fact]
    public void A_layer_with_several_outputs_works_inside_a_custom_model()
    {
        using var model = new Splitting();
        model.Compile(new SGD(0.1), "mse");

        Assert.Equal([1 + 2 - 3 - 4f], model.Predict(new float[,] { { 1, 2, 3, 4 } }, verbose: 0).ToArray());
    }

    [Fact]
    public void A_model_with_two_inputs_is_built_by_the_arrays_that_it_is_given()
    {
        using var model = new Joining();
        model.Compile(new SGD(0.01), "mse", ["mae"]);

        History history = model.Fit([Left, Right], Y, batchSize: 2, epochs: 2, shuffle: false, verbose: 0,
            validationData: ([Left, Right], Y));

        Assert.Equal(["loss", "mae", "val_loss", "val_mae"], history.Keys.Where(k => k != "learning_rate").Order());
        Assert.Equal([[Shape.None, 2], [Shape.None, 3]], model.InputShapes.Select(s => s.ToArray()));
        Assert.Equal(5, model.Predict([Left, Right], verbose: 0).Shape[0]);
        Assert.Equal(model.Evaluate([Left, Right], Y, verbose: 0)["loss"], history["val_loss"][^1], 1e-6);
        Assert.Equal(model.TestOnBatch([Left, Right], Y)["loss"], history["val_loss"][^1], 1e-6);
        Assert.Throws<ArgumentException>(() => model.Predict(Left, verbose: 0));
    }

    [Fact]
    public void It_trains_equally_on_a_dataset_and_on_named_arrays()
    {
        using var arrays = new Joining();
        using var named = new Joining();
        using var batches = new Joining();
        foreach (Joining model in (Joining[])[arrays, named, batches])
        {
            model.Compile(new SGD(0.01), "mse");
        }

        arrays.Fit([Left, Right], Y, batchSize: 5, epochs: 3, shuffle: false, verbose: 0);
        named.Fit(new NDArrays { ["left"] = Left, ["right"] = Right }, Y, batchSize: 5, epochs: 3, shuffle: false, verbose: 0);
        batches.Fit([new Batch([Left, Right], Y)], epochs: 3, verbose: 0);

        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(named));
        Assert.Equal(ReferenceRun.Flatten(arrays), ReferenceRun.Flatten(batches));

        // By name in another order; without one of them.
        Assert.Equal(
            named.Predict([Left, Right], verbose: 0).ToArray(),
            named.Predict(new NDArrays { ["right"] = Right, ["left"] = Left }, verbose: 0).ToArray());
        Assert.Contains("'right'",
            Assert.Throws<ArgumentException>(() => named.Predict(new NDArrays { ["left"] = Left }, verbose: 0)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_two_outputs_has_a_loss_for_each_and_logs_them()
    {
        using var model = new Forked();
        model.Compile(new SGD(0.05), ["mse", "sparse_categorical_crossentropy"], lossWeights: [1, 0.5]);

        History history = model.Fit(Right, [Y, new[] { 0, 1, 2, 1, 0 }], batchSize: 5, epochs: 2, shuffle: false, verbose: 0);

        Assert.Equal(["loss", "output_1_loss", "output_2_loss"], history.Keys.Where(k => k != "learning_rate").Order());
        Assert.Equal(history["loss"][0], history["output_1_loss"][0] + (0.5 * history["output_2_loss"][0]), 1e-5);
        Assert.Equal(2, model.PredictMany(Right, verbose: 0).Count);
    }

    [Fact]
    public void Its_outputs_have_the_names_that_the_targets_are_given_by()
    {
        using var model = new Forked();
        model.Compile(new SGD(0.05), new() { ["price"] = "mse", ["class"] = "mse" });

        History history = model.Fit(
            Right, new NDArrays
            {
                ["price"] = Y,
                ["class"] = new float[,] { { 1, 0, 0 }, { 1, 0, 0 }, { 1, 0, 0 }, { 1, 0, 0 }, { 1, 0, 0 } }
            }, epochs: 1, verbose: 0);

        Assert.Equal(["class_loss", "loss", "price_loss"], history.Keys.Where(k => k != "learning_rate").Order());
    }

    private static Functional Halved(Layer halves)
    {
        var x = new Input([4]);
        IReadOnlyList<KerasTensor> parts = halves.ApplyMany(x);
        KerasTensor first = new Dense(1, kernelInitializer: "ones").Apply(parts[0]);
        KerasTensor second = new Dense(1, kernelInitializer: new Cairn.Initializers.Constant(2)).Apply(parts[1]);
        return new Functional(x, new Add().Apply(first, second));
    }

    private sealed class Halves() : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => [.. inputShape[..^1], inputShape[^1] / 2];

        public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) =>
            [ComputeOutputShape(inputShapes[0]), ComputeOutputShape(inputShapes[0])];

        protected override Tensor Call(Tensor x, CallContext context) =>
            throw new InvalidOperationException("This layer gives two tensors.");

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) => inputs[0].chunk(2, -1);
    }

    private sealed class HalvesOfList() : MultiInputLayer(null)
    {
        public override IReadOnlyList<Shape> ComputeOutputShapes(IReadOnlyList<Shape> inputShapes)
        {
            Shape half = [.. inputShapes[0][..^1], inputShapes[0][^1] / 2];
            return [half, half];
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) => inputs[0].chunk(2, -1);
    }

    private sealed class Splitting : Model
    {
        private readonly Halves halves;
        private readonly Dense head;

        public Splitting()
        {
            halves = AddSublayer(new Halves(), "halves");
            head = AddSublayer(new Dense(1, kernelInitializer: "ones"), "head");
        }

        protected override Tensor Call(Tensor x, CallContext context)
        {
            Tensor[] parts = halves.Apply([x], context);
            return head.Apply(parts[0] - parts[1], context);
        }
    }

    private sealed class Joining : Model
    {
        private readonly Dense left;
        private readonly Dense right;

        public Joining()
        {
            Seed = 3;
            left = AddSublayer(new Dense(2), "left");
            right = AddSublayer(new Dense(2), "right");
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) =>
            [(left.Apply(inputs[0], context) * right.Apply(inputs[1], context)).sum(-1, keepdim: true)];
    }

    private sealed class Forked : Model
    {
        private readonly Dense price;
        private readonly Dense kind;

        public Forked()
        {
            Seed = 3;
            price = AddSublayer(new Dense(1), "price");
            kind = AddSublayer(new Dense(3, activation: "softmax"), "kind");
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) =>
            [price.Apply(inputs[0], context), kind.Apply(inputs[0], context)];
    }
}
