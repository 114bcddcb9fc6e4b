using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Distributed.Tests;

/// <summary>A process has the state of its own weights only.</summary>
public sealed class OptimizerShardsTests
{
    [Fact]
    public void Within_an_epoch_the_state_of_other_processes_has_no_memory_and_can_not_be_saved()
    {
        using var replicas = new Replicas(new Alone { Deadline = TimeSpan.FromSeconds(1) });
        using var model = new Sequential([new Layers.Input([100]), new Layers.Dense(100), new Layers.Dense(90)], seed: 1);
        model.Compile(new Adam(), "mse");
        model.Optimizer!.Build(model.TrainableWeights);
        using var shards = new OptimizerShards(replicas, model.Optimizer);
        Variable[] owned = [.. model.TrainableWeights.Where(shards.Owns)];

        // 10,000, 100, 9,000 and 90 numbers, each to the process with the fewest so far: 10,000 against 100 + 9,000 + 90.
        Assert.Equal([model.TrainableWeights[0]], owned);
        Assert.All(States(model), state => Assert.False(state.IsElsewhere));

        shards.Updated(model.TrainableWeights);
        Variable[] elsewhere = [.. States(model).Where(state => state.IsElsewhere)];
        Assert.Equal(2 * 3, elsewhere.Length);
        Assert.All(elsewhere, state => Assert.Equal(new long[state.Shape.Rank], state.Value.stride()));
        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => WeightTransfer.ToData(elsewhere[0]));
        Assert.Contains("shardOptimizer: false", exception.Message, StringComparison.Ordinal);

        shards.Gather(everywhere: false);
        Assert.All(States(model), state => Assert.True(!state.IsElsewhere && state.Value.is_contiguous()));
    }

    private static IEnumerable<Variable> States(Model model) => model.Optimizer!.SlotVariables;

    /// <summary>The first of two processes, whose messages nobody answers.</summary>
    private sealed class Alone : ICollective
    {
        public string Engine => "none";

        public int Rank => 0;

        public int Size => 2;

        public TimeSpan Deadline { get; set; }

        public void Sum(Span<float> numbers, string purpose)
        {
        }

        public void Sum(Span<double> numbers, string purpose)
        {
        }

        public void Broadcast(Span<byte> bytes, string purpose, int from = 0)
        {
        }

        public void Fail(string message)
        {
        }

        public void Abort(int exitCode)
        {
        }

        public void Dispose()
        {
        }
    }
}
