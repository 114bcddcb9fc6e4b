using Cairn.Layers;
using Cairn.Saving;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Calls, building and saving of attention layers; values are tested in <see cref="ReferenceLayerTests"/>.</summary>
public sealed class AttentionTests
{
    [Fact]
    public void Attention_takes_named_arguments_and_infers_its_shapes()
    {
        KerasTensor query = new Input([3, 4]);
        KerasTensor value = new Input([5, 6]);
        KerasTensor mask = new Input([3, 5]);
        var layer = new MultiHeadAttention(numHeads: 2, keyDim: 3, outputShape: [7]);

        Assert.Equal([Shape.None, 3, 7], layer.Apply(query, value, attentionMask: mask, useCausalMask: true).Shape);
        (KerasTensor output, KerasTensor scores) = layer.ApplyWithScores(query, value);
        Assert.Equal([Shape.None, 3, 7], output.Shape);
        Assert.Equal([Shape.None, 2, 3, 5], scores.Shape);
        Assert.Equal([Shape.None, 3, 4], new GroupQueryAttention(2, 4, 2).Apply(query, query).Shape);
        Assert.Equal([Shape.None, 3, 4], new Attention().Apply(query, query, useCausalMask: true).Shape);
        Assert.Equal([Shape.None, 3, 6], new AdditiveAttention().Apply(query, value, key: query).Shape);
    }

    [Fact]
    public void A_call_is_recorded_as_Keras_writes_it()
    {
        KerasTensor query = new Input([3, 4]);
        KerasTensor mask = new Input([3, 3]);
        KerasTensor y = new MultiHeadAttention(2, 3).Apply(query, query, attentionMask: mask, useCausalMask: true);

        Assert.Equal(["query", "value", "attention_mask"], y.Producer.Arguments.Tensors.Select(t => t.Parameter));
        Assert.Equal("""{"use_causal_mask":true}""", y.Producer.Arguments.Values.ToJsonString());
        Assert.Equal(["query", "value"], new MultiHeadAttention(2, 3)
            .ApplyMany(query, query)[0].Producer.Arguments.Tensors.Select(t => t.Parameter));
    }

    [Fact]
    public void Incompatible_arguments_are_refused()
    {
        KerasTensor query = new Input([3, 4]);
        KerasTensor other = new Input([5, 6]);
        Assert.Contains("differ only in the last axis",
            Assert.Throws<ArgumentException>(() => new MultiHeadAttention(2, 3).Apply(query, query, key: other)).Message);
        Assert.Contains("same number of features",
            Assert.Throws<ArgumentException>(() => new GroupQueryAttention(2, 2, 1).Apply(query, other)).Message);
        Assert.Contains("same number of features", Assert.Throws<ArgumentException>(() => new Attention().Apply(query, other)).Message);
        Assert.Contains("a query, a value", Assert.Throws<ArgumentException>(() => new MultiHeadAttention(2, 3).Apply(query)).Message);
        Assert.Contains("multiple", Assert.Throws<ArgumentException>(() => new GroupQueryAttention(2, 3, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiHeadAttention(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiHeadAttention(1, 3, dropout: 1.5));
        Assert.Contains("scoreMode", Assert.Throws<ArgumentException>(() => new Attention(scoreMode: "cosine")).Message);
    }

    [Fact]
    public void Equations_are_checked_for_form_and_axes()
    {
        Assert.Contains("must have the form", Assert.Throws<ArgumentException>(() => new EinsumDense("ab->b", [3])).Message);
        Assert.Contains("at most 200", Assert.Throws<ArgumentException>(() => new EinsumDense(new string('a', 1_000_000), [3])).Message);
        Assert.Contains("output's axis 'd'", Assert.Throws<ArgumentException>(() => new EinsumDense("ab,bc->ad", [3])).Message);
        Assert.Contains("kernel's axis 'x'", Assert.Throws<ArgumentException>(() => new EinsumDense("ab,bx->ab", [3])).Message);
        Assert.Contains("biasAxes", Assert.Throws<ArgumentException>(() => new EinsumDense("ab,bc->ac", [3], biasAxes: "x")).Message);
        Assert.Contains("axis 'b'",
            Assert.Throws<ArgumentException>(() => new EinsumDense("abc,cd->abd", [9, 3]).ComputeOutputShape([2, 3, 4])).Message);
        Assert.Equal([Shape.None, 3, 5], new EinsumDense("...x,xy->...y", [5]).ComputeOutputShape([Shape.None, 3, 4]));
        Assert.Equal([Shape.None, 5, 3, 2], new EinsumDense("ab...,bc->ac...", [5]).ComputeOutputShape([Shape.None, 4, 3, 2]));
    }

    [Fact]
    public void Attention_over_many_axes_has_letters_for_all_of_them()
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new MultiHeadAttention(1, 1);
        long[] sizes = [1, .. Enumerable.Repeat(1L, 12), 2];
        layer.BuildFor([sizes, sizes], layer.ArgumentsFor(2), new Cairn.Training.BuildContext(1));
        using var context = new CallContext(training: false, 1, CPU);
        Assert.Equal(sizes, layer.Apply(ones(sizes), ones(sizes), context).shape);
    }

    [Fact]
    public void The_first_numbers_of_an_equations_kernel_follow_its_fans()
    {
        // Kernel [8, 2, 3]: fan in 8, fan out 6, so uniform over ±√(6 / 14); by the rule for convolutions it would be ±√(6 / 40).
        using var model = new Sequential([new Input([5, 8]), new EinsumDense("abc,cde->abde", [Shape.None, 20, 30])], seed: 1);
        double limit = Math.Sqrt(6.0 / (8 + 600));
        float[] numbers = model.GetWeights()[0].ToArray();
        Assert.All(numbers, n => Assert.InRange(n, -limit, limit));
        Assert.True(numbers.Max() > 0.99 * limit);
    }

    [Fact]
    public void Training_drops_scores_and_evaluation_does_not()
    {
        using DisposeScope scope = NewDisposeScope();
        using var layer = new Attention(dropout: 0.5);
        Tensor query = ones(1, 1, 2);
        Tensor value = ones(1, 1000, 2);
        layer.BuildFor([[1, 1, 2], [1, 1000, 2]], CallArguments.List(2), new Cairn.Training.BuildContext(1));
        using var training = new CallContext(training: true, 1, CPU);
        training.BeginStep(0);

        // 1000 equal shares, each dropped or doubled: mean 1, standard deviation √(1/1000).
        float y = layer.Apply(query, value, training)[0, 0, 0].item<float>();
        Assert.NotEqual(1, y);
        Assert.InRange(y, 0.85f, 1.15f);
        using var evaluation = new CallContext(training: false, 1, CPU);
        Assert.Equal(1, layer.Apply(query, value, evaluation)[0, 0, 0].item<float>(), 1e-5f);
    }

    [Fact]
    public void Weights_of_attention_inside_a_layer_are_saved_and_loaded()
    {
        using var saved = new Sequential([new Input([4, 6]), new Block()], seed: 1);
        using var other = new Sequential([new Input([4, 6]), new Block()], seed: 2);
        var x = NDArray.From(Enumerable.Range(0, 48).Select(i => MathF.Sin(i)).ToArray(), [2, 4, 6]);
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "block.weights.h5");

        saved.SaveWeights(path);
        other.LoadWeights(path);

        Assert.Equal(saved.Predict(x, verbose: 0).ToArray(), other.Predict(x, verbose: 0).ToArray());
        Assert.Contains("attention/query/kernel (6, 2, 3)",
            saved.Weights.Select(w => $"{w.Path[(w.Path.IndexOf("attention/", StringComparison.Ordinal))..]} {w.Shape}"));
    }

    [Fact]
    public void A_lambda_computes_trains_and_is_not_saved()
    {
        using var model =
            new Sequential([new Input([3]), new Lambda(x => x * 2), new Dense(1), new Lambda((x, context) => context.Training ? x : -x)]);
        Assert.Equal([Shape.None, 3], new Lambda(x => x.square()).ComputeOutputShape([Shape.None, 3]));
        Assert.Equal([Shape.None, 6], new Lambda(x => cat([x, x], 1)).ComputeOutputShape([Shape.None, 3]));
        model.Compile("sgd", "mse");
        model.Fit(new float[,] { { 1, 2, 3 } }, new float[,] { { 1 } }, verbose: 0);

        Assert.Contains("can't be saved",
            Assert.Throws<NotSupportedException>(() => model.Save(Path.Combine(Path.GetTempPath(), "lambda.keras"))).Message);
        string json =
            """{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Lambda", "config": {"name": "l", "function": {"class_name": "__lambda__", "config": {"code": "4wEAAA=="}}}}]}}""";
        Assert.Contains("is a Lambda", Assert.Throws<ModelFormatException>(() => Model.FromJson(json)).Message);
    }

    [Fact]
    public void CategoryEncoding_names_a_number_that_is_too_large()
    {
        using var model = new Sequential([new Input([2]), new CategoryEncoding(3)]);
        Assert.Contains("0 to 2", Assert.ThrowsAny<Exception>(() => model.Predict(new float[,] { { 0, 3 } }, verbose: 0)).ToString());
    }

    [Fact]
    public void AlphaDropout_keeps_mean_and_variance()
    {
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: true, 3, CPU);
        context.BeginStep(0);
        manual_seed(1);
        Tensor y = new AlphaDropout(0.3).Apply(randn(200, 500), context);

        // 100,000 numbers of mean 0 and variance 1: the mean's standard deviation is 0.003, the variance's about 0.005.
        Assert.Equal(0, y.mean().item<float>(), 0.02f);
        Assert.Equal(1, y.var().item<float>(), 0.03f);
    }

    private sealed class Block : Layer
    {
        private readonly MultiHeadAttention attention;

        public Block()
            : base("block") => attention = AddSublayer(new MultiHeadAttention(2, 3, name: "attention"), "attention");

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override void Build(Shape inputShape) => BuildSublayer(attention, inputShape, inputShape);

        protected override Tensor Call(Tensor x, CallContext context) => x + attention.Apply(x, x, context, useCausalMask: true);
    }
}
