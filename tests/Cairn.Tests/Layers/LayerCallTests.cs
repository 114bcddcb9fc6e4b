using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

public class LayerCallTests
{
    [Fact]
    public void ApplyingALayerToAnInputGivesTheShapeThatComesOut()
    {
        var input = new Input([4], name: "features");
        KerasTensor y = new Dense(3).Apply(input);
        Assert.Equal([Shape.None, 3], y.Shape);
        Assert.Same(input, y.Producer.Inputs[0].Layer);
    }

    [Fact]
    public void AnInputStandsForOneTensorHoweverOftenItIsUsed()
    {
        var input = new Input([4]);
        KerasTensor first = input;
        KerasTensor second = input;
        Assert.Same(first, second);
    }

    [Fact]
    public void ALayerOfOneInputRefusesTwoAndNamesItself()
    {
        KerasTensor a = new Input([4]);
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new Dense(3, name: "head").Apply(a, a));
        Assert.Contains("Dense 'head' takes one input; got 2", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWeightsOfPartsAreWeightsOfTheWholeAndFreezeWithIt()
    {
        using var twice = new Twice();
        using var model = new Sequential([new Input([2]), twice]);
        Assert.Equal(["twice/first/kernel", "twice/first/bias", "twice/second/kernel", "twice/second/bias"],
            model.Weights.Select(w => w.Path[(w.Path.IndexOf('/') + 1)..]));
        Assert.Equal(4, model.TrainableWeights.Count);
        twice.Trainable = false;
        Assert.Empty(model.TrainableWeights);
    }

    [Fact]
    public void ThePartsOfALayerComeBackFromAWeightsFile()
    {
        using var saved = new Sequential([new Input([2]), new Twice()], seed: 1);
        using var other = new Sequential([new Input([2]), new Twice()], seed: 2);
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "parts.weights.h5");
        saved.SaveWeights(path);
        other.LoadWeights(path);
        Assert.Equal(saved.Predict(new float[,] { { 1, 2 } }).ToArray(), other.Predict(new float[,] { { 1, 2 } }).ToArray());
    }

    [Fact]
    public void AMaskGoesThroughLayersThatSupportItAndEndsAtOthers()
    {
        using var context = new CallContext(training: false, 0, CPU);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(1, 2);
        context.SetMask(x, tensor(new[] { true, false }).reshape(1, 2));
        Tensor kept = new Passing(supports: true).Apply(x, context);
        Assert.NotNull(context.MaskOf(kept));
        Assert.Null(context.MaskOf(new Passing(supports: false).Apply(x, context)));
        context.BeginStep(1);
        Assert.Null(context.MaskOf(x));
    }

    private sealed class Passing(bool supports) : Layer("passing")
    {
        public override bool SupportsMasking => supports;

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => x.mul(2);
    }

    private sealed class Twice : Layer
    {
        private readonly Dense first;
        private readonly Dense second;

        public Twice()
            : base(null)
        {
            first = AddSublayer(new Dense(3, name: "first"), "first");
            second = AddSublayer(new Dense(1, name: "second"), "second");
        }

        public override Shape ComputeOutputShape(Shape inputShape) => [.. inputShape[..^1], 1];

        protected override void Build(Shape inputShape)
        {
            BuildSublayer(first, inputShape);
            BuildSublayer(second, first.ComputeOutputShape(inputShape));
        }

        protected override Tensor Call(Tensor x, CallContext context) => second.Apply(first.Apply(x, context), context);
    }
}
