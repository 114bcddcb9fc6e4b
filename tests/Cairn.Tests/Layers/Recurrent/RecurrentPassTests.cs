using Cairn.Layers;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>The LSTM and GRU passes over memory compared with the cells, step by step in libtorch operations.</summary>
public sealed class RecurrentPassTests
{
    public static TheoryData<string, int, bool, bool> Cases
    {
        get
        {
            // Fewer units than vector lanes, as many, and more.
            var data = new TheoryData<string, int, bool, bool>();
            foreach (string kind in new[] { "lstm", "gru", "gru without bias" })
            {
                foreach (int units in new[] { 1, 5, 8, 16, 19 })
                {
                    for (int bits = 0; bits < 4; bits++)
                    {
                        data.Add(kind, units, (bits & 1) != 0, (bits & 2) != 0);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_cell(string kind, int units, bool masked, bool fromZero)
    {
        using DisposeScope scope = NewDisposeScope();
        using RNNCell cell = kind == "lstm" ? new LSTMCell(units) : new GRUCell(units, useBias: kind == "gru");
        cell.BuildFor([4, 3], new BuildContext(2));
        using var context = new CallContext(training: true, 1, CPU);
        using var generator = new Generator(11);
        Tensor steps = Random(6, 4, 3);
        using (no_grad())
        {
            foreach (Variable variable in cell.Weights)
            {
                variable.Value.copy_(Random(variable.Value.shape).mul_(0.4));
            }
        }

        // Non-contiguous states.
        Tensor[] states = fromZero ? cell.GetInitialState(4, CPU) : [.. cell.StateSizes.Select(size => Random(size, 4).t())];
        Tensor? counts = masked ? tensor(Enumerable.Range(0, 24).Select(i => i % 3 != 0 && i % 4 != 3).ToArray()).reshape(6, 4) : null;
        Tensor[] leaves = [steps, .. cell.Weights.Select(w => w.Value), .. fromZero ? [] : states];
        foreach (Tensor leaf in leaves)
        {
            leaf.requires_grad_(true);
        }

        Tensor factors = Random(6, 4, units), lastFactors = Random(cell.StateSizes.Count, 4, units);

        (Tensor all, Tensor[] last) = cell.TryWalk(steps, states, counts, fromZero, context)!.Value;
        Tensor[] gradients = Gradients(all, last);
        (Tensor expected, Tensor[] expectedLast) = StepByStep();

        Assert.True(all.allclose(expected, 1e-5, 1e-5));
        Assert.True(last[^1].allclose(expectedLast[^1], 1e-5, 1e-5));
        foreach ((Tensor want, Tensor have) in Gradients(expected, expectedLast).Zip(gradients))
        {
            Assert.True(have.allclose(want, 1e-4, 1e-5), $"{want} against {have}");
        }

        Tensor Random(params long[] shape) => randn(shape, generator: generator);

        Tensor[] Gradients(Tensor every, Tensor[] end)
        {
            Tensor sum = (every * factors).sum() + (stack(end) * lastFactors).sum();
            return [.. autograd.grad([sum], leaves)];
        }

        (Tensor, Tensor[]) StepByStep()
        {
            CellRun run = cell.Begin(4, context);
            Tensor[] now = states;
            var outputs = new List<Tensor>();
            for (int t = 0; t < 6; t++)
            {
                Tensor[] before = now;
                now = run.Step(run.Project(steps[t]), now).States;
                if (counts is not null)
                {
                    now = [.. now.Zip(before, (n, b) => where(counts[t].unsqueeze(-1), n, b))];
                }

                outputs.Add(now[0]);
            }

            return (stack(outputs), now);
        }
    }

    [Fact]
    public void Without_gradients_the_values_are_the_same()
    {
        using DisposeScope scope = NewDisposeScope();
        using var cell = new LSTMCell(9);
        cell.BuildFor([2, 3], new BuildContext(2));
        using var context = new CallContext(training: false, 1, CPU);
        Tensor steps = randn(5, 2, 3);
        cell.Weights[0].Value.requires_grad_(true);

        Tensor recorded = cell.TryWalk(steps, cell.GetInitialState(2, CPU), null, fromZero: true, context)!.Value.All;
        using IDisposable noGradients = no_grad();
        (Tensor plain, Tensor[] last) = cell.TryWalk(steps, cell.GetInitialState(2, CPU), null, fromZero: true, context)!.Value;

        Assert.True(plain.equal(recorded).all().item<bool>());
        Assert.True(last[0].equal(plain[-1]).all().item<bool>());
    }

    [Fact]
    public void Large_sums_saturate_at_the_bounds_of_the_functions()
    {
        float[] sums = [-1000, -100, -20, -1e-6f, 0, 1e-6f, 20, 1000];
        foreach (float sum in sums)
        {
            var vector = new System.Numerics.Vector<float>(sum);
            Assert.Equal(1 / (1 + Math.Exp(-sum)), GateFunctions.Sigmoid(vector)[0], 1e-6);
            Assert.Equal(Math.Tanh(sum), GateFunctions.Tanh(vector)[0], 1e-6);
        }
    }

    // .NET's vectorized e^0 is 1 + 2^-23. From it, tanh(0) was 6e-8, and the states of an LSTM whose inputs are all zero were not zero.
    [Fact]
    public void The_hyperbolic_tangent_has_all_its_digits_near_zero_too()
    {
        Assert.Equal(0f, GateFunctions.Tanh(System.Numerics.Vector<float>.Zero)[0]);
        for (float x = 1e-30f; x < 10; x *= 1.01f)
        {
            double exact = Math.Tanh(x);
            var vector = new System.Numerics.Vector<float>(x);
            Assert.InRange(GateFunctions.Tanh(vector)[0] / exact, 1 - 3e-7, 1 + 3e-7);
            Assert.Equal(-GateFunctions.Tanh(vector)[0], GateFunctions.Tanh(-vector)[0]);
        }
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    public void Inputs_of_zero_give_states_of_exactly_zero(string kind)
    {
        using var model = new Sequential([new Input([4, 3]), kind == "LSTM" ? new LSTM(5) : new GRU(5)]);
        Assert.All(model.Predict(new float[2, 4, 3], verbose: 0).ToArray(), value => Assert.Equal(0f, value));
    }
}
