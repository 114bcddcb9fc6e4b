using Cairn;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>A transformer that classifies sequences: attention within a custom layer.</summary>
internal static class TransformerClassifier
{
    private const int Words = 20;
    private const int Length = 12;

    public static double[] Run(int samples = 128, int epochs = 3)
    {
        using DisposeScope scope = NewDisposeScope();
        var draws = new Draws(11);
        var inputs = new Input([Length], dtype: "int64");
        KerasTensor x = new TokenAndPositionEmbedding(Length, Words, 8).Apply(inputs);
        x = new TransformerBlock(8, 2, 16).Apply(x);
        x = new GlobalAveragePooling1D().Apply(x);
        x = new Dense(8, activation: "relu").Apply(x);
        KerasTensor outputs = new Dense(2, activation: "softmax").Apply(x);
        using var model = new Functional(inputs, outputs);
        draws.SetWeights(model);

        model.Compile(new SGD(0.1), "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        (Tensor sequences, Tensor labels) = MakeData(samples, draws);
        History history = model.Fit(sequences, labels, epochs: epochs, shuffle: false, verbose: 0);
        return [.. history["loss"], .. history["accuracy"]];
    }

    /// <summary>Sequences of words, and whether those of the upper half outnumber the others.</summary>
    private static (Tensor X, Tensor Y) MakeData(int count, Draws draws)
    {
        Tensor x = tensor(Enumerable.Range(0, count * Length).Select(_ => (long)draws.Integer(Words)).ToArray()).reshape(count, Length);
        return (x, ((x >= Words / 2).sum(1) > Length / 2).to(int64));
    }
}
