using Cairn;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using static TorchSharp.torch;

/// <summary>Actor and critic in one network with two heads, trained on each episode as a whole.</summary>
internal static class ActorCritic
{
    private const double Gamma = 0.99;

    public static double[] Run(int episodes = 8)
    {
        var draws = new Draws(4);
        var environment = new CartPole(draws);
        var inputs = new Input([4]);
        KerasTensor common = new Dense(32, activation: "relu").Apply(inputs);
        KerasTensor actor = new Dense(2, activation: "softmax").Apply(common);
        KerasTensor critic = new Dense(1).Apply(common);
        using var model = new Functional(inputs, [actor, critic]);
        draws.SetWeights(model);
        using var optimizer = new Adam(0.01);
        Loss huber = Loss.Huber();
        var results = new List<double>();

        for (int episode = 0; episode < episodes; episode++)
        {
            using var tape = new GradientTape();
            (float[] state, bool done) = (environment.Reset(), false);
            (List<Tensor> logProbabilities, List<Tensor> criticValues, List<float> rewards) = ([], [], []);
            while (!done && rewards.Count < 200)
            {
                (Tensor probabilities, Tensor value) = model.CallMany(tensor(state).unsqueeze(0));
                int action = (draws.Number() + 1.0) / 2 > probabilities[0, 0].item<float>() ? 1 : 0;
                logProbabilities.Add(probabilities[0, action].log());
                criticValues.Add(value[0, 0]);
                (state, float reward, done) = environment.Step(action);
                rewards.Add(reward);
            }

            // The return of each step: its reward and the discounted later ones.
            (double[] worth, double total) = (new double[rewards.Count], 0);
            for (int step = rewards.Count - 1; step >= 0; step--)
            {
                worth[step] = total = rewards[step] + (Gamma * total);
            }

            Tensor returns = tensor(worth);
            returns = ((returns - returns.mean()) / (returns.std(unbiased: false) + 1e-7)).to(float32);
            Tensor values = stack(criticValues);
            Tensor actorLoss = -(stack(logProbabilities) * (returns - values.detach())).sum();
            Tensor criticLoss = huber.Compute(returns, values) * rewards.Count;
            Tensor loss = actorLoss + criticLoss;
            optimizer.Apply(tape.Gradient(loss, model.TrainableWeights), model.TrainableWeights);
            results.AddRange([rewards.Count, loss.item<float>()]);
        }

        return [.. results];
    }
}
