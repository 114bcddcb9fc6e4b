using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>
/// Sequence to sequence: an encoder and a decoder learn to reverse digits; both are then cut out of the trained model.
/// </summary>
internal static class Seq2Seq
{
    private const int Tokens = 12;   // 0 to 9, start and end
    private const int Start = 10;
    private const int End = 11;
    private const int Length = 4;
    private const int Latent = 24;

    public static double[] Run(int samples = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(9);
        var encoderInputs = new Input([Shape.None, Tokens]);
        (_, KerasTensor h, KerasTensor c) = new LSTM(Latent, returnState: true).ApplyMany(encoderInputs);
        var decoderInputs = new Input([Shape.None, Tokens]);
        var decoderLstm = new LSTM(Latent, returnSequences: true, returnState: true);
        (KerasTensor decoderOutputs, _, _) = decoderLstm.ApplyMany(decoderInputs, initialState: [h, c]);
        var decoderDense = new Dense(Tokens, activation: "softmax");
        decoderOutputs = decoderDense.Apply(decoderOutputs);
        using var model = new Functional([encoderInputs, decoderInputs], decoderOutputs);
        draws.SetWeights(model);

        model.Compile(new RMSprop(0.01), "categorical_crossentropy", metrics: ["accuracy"]);
        (Tensor encoderInput, Tensor decoderInput, Tensor target) = MakeData(samples, draws);
        History history = model.Fit([encoderInput, decoderInput], target, epochs: epochs, shuffle: false, verbose: 0);

        // The same layers once more: the encoder alone, and one step of the decoder from given states.
        using var encoderModel = new Functional(encoderInputs, [h, c]);
        KerasTensor[] statesInputs = [new Input([Latent]), new Input([Latent])];
        (KerasTensor stepOutputs, h, c) = decoderLstm.ApplyMany(decoderInputs, initialState: statesInputs);
        using var decoderModel = new Functional([decoderInputs, .. statesInputs], [decoderDense.Apply(stepOutputs), h, c]);
        return [.. history["loss"], .. history["accuracy"], .. Decode(encoderModel, decoderModel, encoderInput[..1])];
    }

    private static Tensor OneHot(IEnumerable<long[]> tokens) =>
        nn.functional.one_hot(stack(tokens.Select(row => tensor(row))), Tokens).to(float32);

    private static (Tensor EncoderInput, Tensor DecoderInput, Tensor Target) MakeData(int count, Draws draws)
    {
        long[][] digits =
            [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Length).Select(_ => (long)draws.Integer(10)).ToArray())];
        IEnumerable<long[]> decoderInput = digits.Select(row => (long[])[Start, .. row.Reverse()]);
        IEnumerable<long[]> target = digits.Select(row => (long[])[.. row.Reverse(), End]);
        return (OneHot(digits), OneHot(decoderInput), OneHot(target));
    }

    private static List<double> Decode(Model encoderModel, Model decoderModel, Tensor sequence)
    {
        (NDArray h, NDArray c) = encoderModel.PredictMany(sequence, verbose: 0);
        (long token, List<double> decoded) = (Start, []);
        while (token != End && decoded.Count < Length + 1)
        {
            (NDArray output, h, c) = decoderModel.PredictMany([OneHot([[token]]), h, c], verbose: 0);
            token = output.ToTensor()[0, -1].argmax().item<long>();
            decoded.Add(token);
        }

        return decoded;
    }
}
