using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Losses;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A small GPT: causal attention learns to continue a text, letter by letter.</summary>
internal static class MiniGpt
{
    private const string Text =
        "the rain falls on the stone and the stone lies in the rain and the wind goes over the stone and over the rain. ";

    private const int Length = 16;

    private static readonly char[] Letters = [.. Text.Distinct().Order()];

    public static double[] Run(int epochs = 4)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(12);
        var inputs = new Input([Length], dtype: "int64");
        KerasTensor hidden = new TokenAndPositionEmbedding(Length, Letters.Length, 16).Apply(inputs);
        hidden = new TransformerBlock(16, 2, 32, causal: true).Apply(hidden);
        KerasTensor outputs = new Dense(Letters.Length).Apply(hidden);
        using var model = new Functional(inputs, outputs);
        draws.SetWeights(model);

        Tensor tokens = tensor(Text.Select(letter => (long)Array.IndexOf(Letters, letter)).ToArray());
        Tensor x = stack(Enumerable.Range(0, Text.Length - Length).Select(i => tokens[i..(i + Length)]));
        Tensor y = stack(Enumerable.Range(0, Text.Length - Length).Select(i => tokens[(i + 1)..(i + Length + 1)]));
        var generator = new TextGenerator("the rain", 20);
        model.Compile(new SGD(0.2), Loss.SparseCategoricalCrossentropy(fromLogits: true));
        History history = model.Fit(x, y, epochs: epochs, shuffle: false, verbose: 0, callbacks: [generator]);
        return [.. history["loss"], .. generator.Tokens];
    }

    /// <summary>Continues a text with the most probable letters after training.</summary>
    private sealed class TextGenerator(string start, int count) : Callback
    {
        public List<long> Tokens { get; } = [.. start.Select(letter => (long)Array.IndexOf(Letters, letter))];

        public string Text => string.Concat(Tokens.Select(token => Letters[token]));

        public override void OnTrainEnd(Logs logs)
        {
            for (int i = 0; i < count; i++)
            {
                long[] window = [.. Tokens.TakeLast(Length)];
                NDArray logits = Model.Predict(tensor((long[])[.. window, .. new long[Length - window.Length]]).unsqueeze(0), verbose: 0);
                Tokens.Add(logits.ToTensor()[0, window.Length - 1].argmax().item<long>());
            }
        }
    }
}
