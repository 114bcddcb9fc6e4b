using Cairn.Data;
using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Short forms that users write at first: each only has to compile, and to mean what it says.</summary>
public sealed class EasyCallsTests
{
    private static readonly float[,] X = { { 1, 2 }, { 0, -1 }, { 2, 0 }, { 1, 1 } };
    private static readonly int[] Classes = [0, 1, 1, 0];

    [Fact]
    public void A_shape_takes_null_for_an_unknown_size()
    {
        Assert.Equal([Shape.None, Shape.None, 3], new Input([null, 3]).BatchShape.ToArray());
        Shape shape = [null, 28, 28];
        Assert.Equal("(None, 28, 28)", shape.ToString());
        Assert.Equal([Shape.None, 28, 28], shape);
        long sum = 0;
        foreach (long size in shape)
        {
            sum += size;
        }

        Assert.Equal(55, sum);
        Shape image = [.. shape, 1];
        Assert.Equal([Shape.None, 28, 28, 1], image.ToArray());
        Assert.Equal("None, 28, 28", string.Join(", ", (AxisSize[])[.. shape]));
        Assert.Equal([2, 3], ((Shape)new[] { 2, 3 }).ToArray());
        Assert.Throws<ArgumentException>(() => new Input([-2]));
    }

    [Fact]
    public void A_name_may_be_null()
    {
        string? none = null;
        using var dense = new Dense(3, activation: none, kernelInitializer: none, kernelRegularizer: none, kernelConstraint: none);
        using var model = new Sequential([dense]);
        model.Compile(none, none);

        Assert.Equal("RMSprop", model.Optimizer!.ClassName);
        Assert.Null(model.Loss);
    }

    [Fact]
    public void Class_weights_are_written_with_new()
    {
        using Sequential model = Classifier(), other = Classifier(), stream = Classifier(), batch = Classifier();

        double expected = model.Fit(X, Classes, classWeight: new Dictionary<int, double> { [1] = 5 }, verbose: 0)["loss"][0];

        Assert.Equal(expected, other.Fit(X, Classes, shuffle: true, classWeight: new() { [1] = 5 }, verbose: 0)["loss"][0]);
        Assert.Equal(expected, stream.Fit(Dataset.From(X, Classes), classWeight: new() { [1] = 5 }, verbose: 0)["loss"][0], 1e-6);
        Assert.Equal(expected, batch.TrainOnBatch(X, Classes, classWeight: new() { [1] = 5 })["loss"], 1e-6);
    }

    [Fact]
    public void Arrays_by_name_are_written_with_new()
    {
        var input = new Input([2], name: "x");
        using var model = new Functional(input, new Dense(1, name: "y").Apply(input));
        model.Compile("sgd", "mse");
        float[,] y = new float[4, 1];

        model.Fit(new() { ["x"] = X }, new() { ["y"] = y }, verbose: 0);
        model.Fit(Dataset.From(new() { ["x"] = X }, new() { ["y"] = y }), verbose: 0);

        Assert.Equal(model.Evaluate(X, y, verbose: 0)["loss"], model.Evaluate(new() { ["x"] = X }, y, verbose: 0)["loss"]);
        Assert.Equal(model.Predict(X, verbose: 0).ToArray(), model.Predict(new() { ["x"] = X }, verbose: 0).ToArray());
    }

    [Fact]
    public void Outputs_are_split_into_variables()
    {
        var input = new Input([5, 3]);
        var lstm = new LSTM(4, returnSequences: true, returnState: true);
        (KerasTensor output, KerasTensor h, KerasTensor c) = lstm.ApplyMany(input);
        (KerasTensor _, KerasTensor state) = new GRU(2, returnState: true).ApplyMany(output);

        Assert.Equal("(None, 5, 4)", output.Shape.ToString());
        Assert.Equal("(None, 4)", h.Shape.ToString());
        Assert.Equal("(None, 2)", state.Shape.ToString());

        using var model = new Functional(input, [output, h, c]);
        (NDArray sequence, NDArray last, _) = model.PredictMany(new float[2, 5, 3], verbose: 0);
        Assert.Equal(sequence[.., ^1].ToArray(), last.ToArray());

        using DisposeScope scope = NewDisposeScope();
        (Tensor _, Tensor _, Tensor cell) = model.CallMany(zeros(2, 5, 3));
        Assert.Equal([2, 4], cell.shape);
        Assert.Contains("can't be split into 2", Assert.Throws<ArgumentException>(() =>
        {
            (KerasTensor _, KerasTensor _) = lstm.ApplyMany(input);
        }).Message, StringComparison.Ordinal);
    }

    private static Sequential Classifier()
    {
        var model = new Sequential([new Input([2]), new Dense(2, activation: "softmax")], seed: 2);
        model.Compile("sgd", "sparse_categorical_crossentropy");
        return model;
    }
}
