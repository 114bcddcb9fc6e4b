using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>Variables that belong to no layer.</summary>
public sealed class VariableTests
{
    [Fact]
    public void An_optimizer_changes_a_variable_and_not_the_values_it_was_made_from()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor start = tensor(new float[] { 1, 2 });
        using var x = new Variable(start, name: "x");
        using var optimizer = new SGD(0.1);

        using (var tape = new GradientTape())
        {
            optimizer.Apply([tape.Gradient(x.Value.square().sum(), x)], [x]);
        }

        // The gradient of x² is 2x: 1 - 0.2 and 2 - 0.4.
        Assert.Equal([0.8f, 1.6f], x.ToNDArray().ToArray());
        Assert.Equal([1f, 2f], start.data<float>());
        Assert.Equal(("x", "x", true), (x.Name, x.Path, x.Trainable));
    }

    [Fact]
    public void One_that_is_not_trainable_has_no_gradient()
    {
        using var fixedNumbers = new Variable(new float[] { 1 }, trainable: false);
        using var counts = new Variable(new long[] { 1 }, trainable: false);
        using var tape = new GradientTape();
        Tensor y = tape.Watch(ones(1)) * fixedNumbers.Value;

        Assert.Null(tape.Gradient(y, [fixedNumbers])[0]);
        Assert.Contains(
            "Pass trainable: false",
            Assert.Throws<ArgumentException>(() => new Variable(new long[] { 1 })).Message, StringComparison.Ordinal);
    }
}
