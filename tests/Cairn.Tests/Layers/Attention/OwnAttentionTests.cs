using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Attention layers within a layer of one's own: every way to call them makes their weights, as a graph does.</summary>
public sealed class OwnAttentionTests
{
    /// <summary>Which layer, and whether its scores are asked for too.</summary>
    public static MatrixTheoryData<string, bool> Ways => new(["multi", "group", "scaled", "concat", "additive"], [false, true]);

    [Theory]
    [MemberData(nameof(Ways))]
    public void It_has_the_weights_and_the_outputs_of_one_in_a_graph(string kind, bool scored)
    {
        var input = new Input([4, 6]);
        Layer inGraph = Make(kind);
        KerasTensor y = (inGraph, scored) switch
        {
            (ProjectedAttention p, false) => p.Apply(input, input),
            (ProjectedAttention p, true) => p.ApplyWithScores(input, input).Output,
            (Cairn.Layers.Attention a, false) => a.Apply(input, input),
            _ => ((Cairn.Layers.Attention)inGraph).ApplyWithScores(input, input).Output,
        };
        using var graph = new Functional([input], [y], seed: 7);
        using var own = new Sequential([new Input([4, 6]), new Attending(Make(kind), scored)], seed: 7);
        own.Compile("sgd", "mse");
        var x = NDArray.From([.. Enumerable.Range(0, 48).Select(i => MathF.Sin(i))], [2, 4, 6]);

        Assert.Equal(graph.Predict(x, verbose: 0).ToArray(), own.Predict(x, verbose: 0).ToArray());
        Assert.NotEmpty(own.TrainableWeights);
        Assert.Equal(graph.Weights.Select(w => w.Shape), own.Weights.Select(w => w.Shape));
        float[] before = own.TrainableWeights[0].ToFloats();
        own.Fit(x, x, verbose: 0);
        Assert.NotEqual(before, own.TrainableWeights[0].ToFloats());
    }

    [Fact]
    public void A_layer_that_is_no_part_and_has_no_weights_yet_is_named()
    {
        var stray = new Dense(2, name: "stray");
        using var model = new Sequential([new Input([3]), new Calling(stray)]);
        model.Compile("sgd", "mse");

        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => model.Predict(new float[1, 3], verbose: 0));

        Assert.Contains("'stray'", refused.Message);
        Assert.Contains("AddSublayer", refused.Message);
        Assert.False(stray.Built);
    }

    private static Layer Make(string kind) => kind switch
    {
        "multi" => new MultiHeadAttention(2, 3),
        "group" => new GroupQueryAttention(3, 2, 1),
        "scaled" => new Cairn.Layers.Attention(useScale: true),
        "concat" => new Cairn.Layers.Attention(scoreMode: "concat"),
        _ => new AdditiveAttention(),
    };

    private sealed class Attending : Layer
    {
        private readonly Layer attention;
        private readonly bool scored;

        public Attending(Layer attention, bool scored)
            : base(null)
        {
            this.attention = AddSublayer(attention, "attention");
            this.scored = scored;
        }

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => (attention, scored) switch
        {
            (ProjectedAttention p, false) => p.Apply(x, x, context),
            (ProjectedAttention p, true) => p.ApplyWithScores(x, x, context).Output,
            (Cairn.Layers.Attention a, false) => a.Apply(x, x, context),
            _ => ((Cairn.Layers.Attention)attention).ApplyWithScores(x, x, context).Output,
        };
    }

    private sealed class Calling(Layer other) : Layer(null)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => other.Apply(x, context);
    }
}
