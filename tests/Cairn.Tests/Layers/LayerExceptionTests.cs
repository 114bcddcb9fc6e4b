using System.Runtime.InteropServices;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Errors in the functions of layers name the layer, its inputs and its place.</summary>
public sealed class LayerExceptionTests
{
    private static readonly float[,] X = { { 1, 2, 3, 4 }, { 5, 6, 7, 8 } };

    [Fact]
    public void An_error_of_libtorch_names_the_layer_its_input_and_its_place_without_a_native_trace()
    {
        using var model = new Sequential([new Input([4]), new Outer(new Failing(x => x.reshape(3, 5), "bad"), "outer")], name: "net");
        model.Compile("sgd", "mse");

        LayerException exception = Assert.Throws<LayerException>(() => model.Fit(X, X, verbose: 0));

        Assert.Equal("Failing 'bad' (net/outer/bad) failed on an input of shape (2, 4): "
            + "shape '[3, 5]' is invalid for input of size 8", exception.Message);
        Assert.Equal("net/outer/bad", exception.Path);
        Assert.Equal("bad", exception.Layer.Name);
        Assert.Equal([2, 4], Assert.Single(exception.InputShapes).ToArray());
        Assert.IsType<ExternalException>(exception.InnerException, exactMatch: false);
    }

    [Fact]
    public void So_do_errors_of_predictions_direct_calls_and_functional_models()
    {
        var input = new Input([4]);
        using var model = new Functional(input, new Failing(x => x.reshape(3, 5), "bad").Apply(input), name: "net");

        Assert.Equal("net/bad", Assert.Throws<LayerException>(() => model.Predict(X, verbose: 0)).Path);
        using Tensor x = from_array(X);
        Assert.Equal("net/bad", Assert.Throws<LayerException>(() => model.Call(x)).Path);
    }

    [Fact]
    public void A_layer_with_several_inputs_names_all_shapes()
    {
        var a = new Input([4]);
        var b = new Input([3]);
        using var model = new Functional([a, b], new Lambda((x, y) => x + y, shapes => shapes[0]).Apply(a, b));

        LayerException exception = Assert.Throws<LayerException>(() => model.Predict([X, new float[2, 3]], verbose: 0));

        Assert.Contains("on inputs of shape [(2, 4), (2, 3)]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_NET_in_a_users_layer_are_explained_and_named()
    {
        int[] places = [1, 2];
        using var model = new Sequential([new Input([4]), new Failing(x => x * places[7], "bad")]);

        LayerException exception = Assert.Throws<LayerException>(() => model.Predict(X, verbose: 0));

        Assert.IsType<IndexOutOfRangeException>(exception.InnerException);
        Assert.Contains("IndexOutOfRangeException", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_layer_throws_itself_reaches_the_caller_unchanged()
    {
        using var model = new Sequential([new Input([4]), new Failing(_ => throw new InvalidOperationException("as planned"), "bad")]);

        Assert.Equal("as planned", Assert.Throws<InvalidOperationException>(() => model.Predict(X, verbose: 0)).Message);
    }

    [Fact]
    public void A_cancellation_is_not_an_error()
    {
        using var model = new Sequential([new Input([4]), new Failing(_ => throw new OperationCanceledException(), "bad")]);

        Assert.Throws<OperationCanceledException>(() => model.Predict(X, verbose: 0));
    }

    private sealed class Failing(Func<Tensor, Tensor> function, string name) : Layer(name)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => function(x);
    }

    private sealed class Outer : Layer
    {
        private readonly Layer inner;

        public Outer(Layer inner, string name)
            : base(name) => this.inner = AddSublayer(inner, "inner");

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override void Build(Shape inputShape) => BuildSublayer(inner, inputShape);

        protected override Tensor Call(Tensor x, CallContext context) => inner.Apply(x, context);
    }
}
