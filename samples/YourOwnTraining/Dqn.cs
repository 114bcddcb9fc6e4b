using Cairn;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using static TorchSharp.torch;

/// <summary>Deep Q-learning: a network learns from a replay memory, with a second network as the target.</summary>
internal static class Dqn
{
    private const int BatchSize = 16;
    private const double Gamma = 0.97;

    public static double[] Run(int episodes = 8)
    {
        var draws = new Draws(3);
        var environment = new CartPole(draws);
        using Sequential q = MakeQ(), target = MakeQ();
        draws.SetWeights(q);
        target.SetWeights(q.GetWeights());
        using var optimizer = new Adam(0.005, clipNorm: 1);
        Loss huber = Loss.Huber();
        var memory = new List<(float[] State, int Action, float Reward, float[] NextState, bool Done)>();
        (List<double> results, int steps, double epsilon) = ([], 0, 1);

        for (int episode = 0; episode < episodes; episode++)
        {
            (float[] state, bool done, int length, List<double> losses) = (environment.Reset(), false, 0, []);
            while (!done && length < 200)
            {
                // A random action at first, later more and more often the best one.
                using var tape = new GradientTape();
                int action = (draws.Number() + 1.0) / 2 < epsilon
                    ? draws.Integer(2)
                    : (int)q.Call(States([state])).argmax().item<long>();
                (float[] nextState, float reward, done) = environment.Step(action);
                memory.Add((state, action, reward, nextState, done));
                (state, length, steps) = (nextState, length + 1, steps + 1);
                if (memory.Count < BatchSize)
                {
                    continue;
                }

                (float[] State, int Action, float Reward, float[] NextState, bool Done)[] batch =
                    [.. Enumerable.Range(0, BatchSize).Select(_ => memory[draws.Integer(memory.Count)])];
                Tensor future = target.Call(States(batch.Select(b => b.NextState))).detach().amax([1]);
                Tensor rewards = tensor(batch.Select(b => b.Reward).ToArray());
                Tensor expected = rewards + (Gamma * future * tensor(batch.Select(b => b.Done ? 0f : 1f).ToArray()));
                Tensor actions = tensor(batch.Select(b => (long)b.Action).ToArray());
                Tensor value = q.Call(States(batch.Select(b => b.State))).gather(1, actions.unsqueeze(1))[.., 0];
                Tensor loss = huber.Compute(expected, value);
                optimizer.Apply(tape.Gradient(loss, q.TrainableWeights), q.TrainableWeights);
                losses.Add(loss.item<float>());
                if (steps % 20 == 0)
                {
                    target.SetWeights(q.GetWeights());
                }
            }

            epsilon *= 0.7;
            results.AddRange([length, losses.DefaultIfEmpty().Average()]);
        }

        return [.. results];
    }

    private static Sequential MakeQ() => new(
        [
            new Input([4]),
            new Dense(24, activation: "relu"),
            new Dense(24, activation: "relu"),
            new Dense(2),
        ]);

    private static Tensor States(IEnumerable<float[]> states) => tensor(states.SelectMany(state => state).ToArray()).reshape(-1, 4);
}
