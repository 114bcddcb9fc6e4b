using Cairn;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A GAN that draws digits: two models and two optimizers in one TrainStep.</summary>
internal static class Gan
{
    private const int Latent = 16;

    public static double[] Run(int images = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(1);
        var discriminator = new Sequential(
            [
                new Input([8, 8, 1]),
                new Conv2D(16, 3, strides: 2, padding: "same"),
                new LeakyReLU(negativeSlope: 0.2),
                new Conv2D(32, 3, strides: 2, padding: "same"),
                new LeakyReLU(negativeSlope: 0.2),
                new GlobalMaxPooling2D(),
                new Dense(1),
            ]);
        var generator = new Sequential(
            [
                new Input([Latent]),
                new Dense(2 * 2 * 16),
                new LeakyReLU(negativeSlope: 0.2),
                new Reshape([2, 2, 16]),
                new Conv2DTranspose(16, 4, strides: 2, padding: "same"),
                new LeakyReLU(negativeSlope: 0.2),
                new Conv2DTranspose(1, 4, strides: 2, padding: "same", activation: "sigmoid"),
            ]);
        draws.SetWeights(discriminator, generator);
        using var gan = new GanModel(discriminator, generator, draws);
        gan.Compile(
            dOptimizer: new Adam(0.003),
            gOptimizer: new Adam(0.003),
            lossFunction: Loss.BinaryCrossentropy(fromLogits: true));
        (Tensor x, _) = Digits.Load(images);
        History history = gan.Fit(x, batchSize: 32, epochs: epochs, shuffle: false, verbose: 0);
        return [.. history["d_loss"], .. history["g_loss"]];
    }

    private sealed class GanModel : Model
    {
        private readonly Model discriminator;
        private readonly Model generator;
        private readonly Draws draws;
        private readonly Mean dLossTracker = Metric.Mean("d_loss");
        private readonly Mean gLossTracker = Metric.Mean("g_loss");
        private Optimizer dOptimizer = null!;
        private Optimizer gOptimizer = null!;
        private Loss lossFunction = null!;

        public GanModel(Model discriminator, Model generator, Draws draws)
        {
            this.discriminator = AddSublayer(discriminator, "discriminator");
            this.generator = AddSublayer(generator, "generator");
            this.draws = draws;
        }

        public void Compile(Optimizer dOptimizer, Optimizer gOptimizer, Loss lossFunction)
        {
            Compile();
            this.dOptimizer = dOptimizer;
            this.gOptimizer = gOptimizer;
            this.lossFunction = lossFunction;
        }

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            Tensor real = batch.X;
            long count = real.shape[0];
            using var tape = new GradientTape();

            // The discriminator learns that generated images are 1 and real ones 0.
            Tensor generated = generator.Call(draws.Array(count, Latent)).detach();
            Tensor labels = cat([ones(count, 1), zeros(count, 1)]);
            Tensor dLoss = lossFunction.Compute(labels, discriminator.Call(cat([generated, real])));
            IReadOnlyList<Variable> weights = discriminator.TrainableWeights;
            dOptimizer.Apply(tape.Gradient(dLoss, weights), weights);

            // The generator learns to create images that are classified as real.
            generated = generator.Call(draws.Array(count, Latent));
            Tensor gLoss = lossFunction.Compute(zeros(count, 1), discriminator.Call(generated));
            weights = generator.TrainableWeights;
            gOptimizer.Apply(tape.Gradient(gLoss, weights), weights);

            dLossTracker.UpdateState(dLoss);
            gLossTracker.UpdateState(gLoss);
            return new() { ["d_loss"] = dLossTracker.Result(), ["g_loss"] = gLossTracker.Result() };
        }
    }
}
