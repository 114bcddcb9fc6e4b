using Cairn;
using Cairn.Callbacks;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Metrics;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A variational autoencoder of digits: an encoder, a decoder, and a loss of two parts in TrainStep.</summary>
internal static class Vae
{
    private const int Latent = 2;

    public static double[] Run(int images = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(2);
        var encoderInputs = new Input([8, 8, 1]);
        KerasTensor x = new Conv2D(16, 3, activation: "relu", strides: 2, padding: "same").Apply(encoderInputs);
        x = new Conv2D(32, 3, activation: "relu", strides: 2, padding: "same").Apply(x);
        x = new Flatten().Apply(x);
        x = new Dense(16, activation: "relu").Apply(x);
        KerasTensor zMean = new Dense(Latent, name: "z_mean").Apply(x);
        KerasTensor zLogVar = new Dense(Latent, name: "z_log_var").Apply(x);
        var encoder = new Functional(encoderInputs, [zMean, zLogVar], name: "encoder");

        var latentInputs = new Input([Latent]);
        x = new Dense(2 * 2 * 32, activation: "relu").Apply(latentInputs);
        x = new Reshape([2, 2, 32]).Apply(x);
        x = new Conv2DTranspose(32, 3, activation: "relu", strides: 2, padding: "same").Apply(x);
        x = new Conv2DTranspose(16, 3, activation: "relu", strides: 2, padding: "same").Apply(x);
        KerasTensor decoderOutputs = new Conv2DTranspose(1, 3, activation: "sigmoid", padding: "same").Apply(x);
        var decoder = new Functional(latentInputs, decoderOutputs, name: "decoder");

        draws.SetWeights(encoder, decoder);
        using var vae = new VaeModel(encoder, decoder, draws);
        vae.Compile(optimizer: new Adam(0.003));
        (Tensor digits, _) = Digits.Load(images);
        History history = vae.Fit(digits, batchSize: 32, epochs: epochs, shuffle: false, verbose: 0);
        return [.. history["reconstruction_loss"], .. history["kl_loss"]];
    }

    private sealed class VaeModel : Model
    {
        private readonly Model encoder;
        private readonly Model decoder;
        private readonly Draws draws;
        private readonly Loss crossentropy = Loss.BinaryCrossentropy();
        private readonly Mean reconstructionTracker = Metric.Mean("reconstruction_loss");
        private readonly Mean klTracker = Metric.Mean("kl_loss");

        public VaeModel(Model encoder, Model decoder, Draws draws)
        {
            this.encoder = AddSublayer(encoder, "encoder");
            this.decoder = AddSublayer(decoder, "decoder");
            this.draws = draws;
        }

        protected override Logs? TrainStep(Batch batch, CallContext context)
        {
            using var tape = new GradientTape();
            (Tensor zMean, Tensor zLogVar) = encoder.CallMany(batch.X);
            Tensor z = zMean + ((0.5 * zLogVar).exp() * draws.Array(zMean.shape));
            Tensor reconstruction = decoder.Call(z);
            Tensor reconstructionLoss = crossentropy.Call(batch.X, reconstruction).sum([1, 2]).mean();
            Tensor klLoss = (-0.5 * (1 + zLogVar - zMean.square() - zLogVar.exp())).sum(1).mean();
            Tensor loss = reconstructionLoss + klLoss;

            Optimizer!.Apply(tape.Gradient(loss, TrainableWeights), TrainableWeights);
            reconstructionTracker.UpdateState(reconstructionLoss);
            klTracker.UpdateState(klLoss);
            return new() { ["reconstruction_loss"] = reconstructionTracker.Result(), ["kl_loss"] = klTracker.Result() };
        }
    }
}
