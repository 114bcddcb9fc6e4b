using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Layers and models made of layers, for sequences and images of unknown size.</summary>
public sealed class UnknownSizeTests
{
    [Fact]
    public void A_block_of_layers_is_built_for_sequences_of_any_length()
    {
        var input = new Input([null, 4]);
        using var model = new Functional(input, new GlobalAveragePooling1D().Apply(new Block().Apply(input)));
        model.Compile("sgd", "mse");

        model.Fit(new float[6, 5, 4], new float[6, 4], verbose: 0);
        model.Fit(new float[6, 9, 4], new float[6, 4], verbose: 0);

        Assert.Equal([Shape.None, 4], model.OutputShape!.ToArray());
        Layer block = model.GetLayer("block");
        Assert.Equal([Shape.None, Shape.None, 4], block.OutputShape!.ToArray());
        Assert.Equal((4 * 8) + 8 + (8 * 4) + 4, block.CountParams());
    }

    [Fact]
    public void The_layers_inside_know_which_axes_have_no_fixed_size()
    {
        var block = new Block();
        block.Build([null, null, 4]);

        Assert.Equal([Shape.None, Shape.None, 4], block.Inner.InputShape!.ToArray());
        Assert.Equal([Shape.None, Shape.None, 8], block.Inner.OutputShape!.ToArray());
        block.Dispose();
    }

    [Fact]
    public void Blocks_within_blocks_and_images_too()
    {
        var input = new Input([null, null, 3]);
        using var model = new Functional(input, new Halving(new Halving(null)).Apply(input));

        Assert.Equal([2, 4, 2, 3], model.Predict(new float[2, 16, 8, 3], verbose: 0).Shape.ToArray());
        Assert.Equal([Shape.None, Shape.None, Shape.None, 3], model.OutputShape!.ToArray());
    }

    [Fact]
    public void A_block_with_a_largest_length_is_tried_with_shorter_ones()
    {
        var input = new Input([null], dtype: "int32");
        using var model = new Functional(input, new Positions(10).Apply(input));

        Assert.Equal([3, 7, 4], model.Predict(new int[3, 7], verbose: 0).Shape.ToArray());
    }

    [Fact]
    public void Weights_that_depend_on_the_unknown_size_are_refused()
    {
        var input = new Input([null, 4]);
        using var model = new Functional(input, new AcrossSteps().Apply(input));

        string message = Assert.Throws<ArgumentException>(() => model.Predict(new float[2, 3, 4], verbose: 0)).Message;

        Assert.Contains("'across_steps'", message, StringComparison.Ordinal);
        Assert.Contains("last axis", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subclassed_model_takes_other_lengths_than_those_it_was_built_with()
    {
        using var model = new Whole();
        model.Compile("sgd", "mse");

        model.Fit(new float[6, 5, 4], new float[6, 1], verbose: 0);
        model.Fit(new float[6, 9, 4], new float[6, 1], verbose: 0);

        Assert.Equal([2, 1], model.Predict(new float[2, 3, 4], verbose: 0).Shape.ToArray());
        Assert.Contains("takes inputs of shape", Assert.Throws<ArgumentException>(
            () => model.Predict(new float[2, 3, 5], verbose: 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_weights_are_those_of_a_known_size()
    {
        using var unknown = new Whole { Seed = 4 };
        using var known = new Whole { Seed = 4 };
        unknown.Build([null, null, 4]);
        known.Build([null, 6, 4]);

        Assert.Equal(known.GetWeights().Select(w => w.ToArray()), unknown.GetWeights().Select(w => w.ToArray()));
    }

    private sealed class Block : Layer
    {
        public Block()
            : base("block")
        {
            Inner = AddSublayer(new Dense(8, activation: "relu"), "inner");
            Outer = AddSublayer(new Dense(4), "outer");
        }

        public Dense Inner { get; }

        public Dense Outer { get; }

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => x + Outer.Apply(Inner.Apply(x, context), context);
    }

    private sealed class Whole : Model
    {
        private readonly Block block = new();
        private readonly GlobalAveragePooling1D pool = new();
        private readonly Dense head = new(1);

        public Whole()
        {
            AddSublayer(block, "block");
            AddSublayer(pool, "pool");
            AddSublayer(head, "head");
        }

        protected override Tensor Call(Tensor x, CallContext context) =>
            head.Apply(pool.Apply(block.Apply(x, context), context), context);
    }

    private sealed class Halving : Layer
    {
        private readonly Conv2D conv;
        private readonly MaxPooling2D pool;
        private readonly Layer? next;

        public Halving(Layer? next)
            : base(null)
        {
            conv = AddSublayer(new Conv2D(3, 3, padding: "same"), "conv");
            pool = AddSublayer(new MaxPooling2D(), "pool");
            this.next = next is null ? null : AddSublayer(next, "next");
        }

        public override Shape ComputeOutputShape(Shape inputShape) => [inputShape[0], null, null, 3];

        protected override Tensor Call(Tensor x, CallContext context)
        {
            Tensor half = pool.Apply(conv.Apply(x, context), context);
            return next?.Apply(half, context) ?? half;
        }
    }

    private sealed class Positions : Layer
    {
        private readonly int most;
        private readonly Embedding tokens;
        private readonly Embedding places;

        public Positions(int most)
            : base(null)
        {
            this.most = most;
            tokens = AddSublayer(new Embedding(5, 4), "tokens");
            places = AddSublayer(new Embedding(most, 4), "places");
        }

        public override Shape ComputeOutputShape(Shape inputShape) => [inputShape[0], inputShape[1], 4];

        protected override Tensor Call(Tensor x, CallContext context) => x.shape[1] > most
            ? throw new ArgumentException("too long")
            : tokens.Apply(x, context) + places.Apply(arange(x.shape[1]), context);
    }

    private sealed class AcrossSteps : Layer
    {
        private readonly Dense dense;

        public AcrossSteps()
            : base("across_steps") => dense = AddSublayer(new Dense(2), "dense");

        public override Shape ComputeOutputShape(Shape inputShape) => [inputShape[0], inputShape[2], 2];

        protected override Tensor Call(Tensor x, CallContext context) => dense.Apply(x.transpose(1, 2), context);
    }
}
