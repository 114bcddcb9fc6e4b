using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Layers;

/// <summary>
/// A functional model saved by Keras 3.16: masked tokens into an LSTM whose states are the initial states of another LSTM, and one output
/// of a bidirectional layer as the state of a third one.
/// </summary>
public sealed class EncoderDecoderTests
{
    private static readonly string Folder = ReferenceFile.PathOf("recurrent");

    [Theory]
    [InlineData("seq2seq.keras"), InlineData("seq2seq.h5")]
    public void A_file_with_initial_states_computes_what_Keras_computed(string file)
    {
        using var model = Model.Load(Path.Combine(Folder, file));

        AssertComputes(model);
    }

    [Theory]
    [InlineData("again.keras"), InlineData("again.h5")]
    public void It_still_does_after_saving_again(string file)
    {
        using var folder = new TemporaryFolder();
        using (var model = Model.Load(Path.Combine(Folder, "seq2seq.keras")))
        {
            model.Save(folder[file]);
        }

        using var again = Model.Load(folder[file]);

        AssertComputes(again);
    }

    [Fact]
    public void A_weights_file_restores_the_weights()
    {
        using var model = Model.Load(Path.Combine(Folder, "seq2seq.keras"));
        ReferenceRun.SetWeights(model, new float[ReferenceRun.Flatten(model).Length]);

        model.LoadWeights(Path.Combine(Folder, "seq2seq.weights.h5"));

        AssertComputes(model);
    }

    [Fact]
    public void The_same_model_written_in_code_takes_the_weights()
    {
        var words = new Input([5], name: "words", dtype: "int32");
        var target = new Input([4], name: "target", dtype: "int32");
        KerasTensor embedded = new Embedding(8, 3, maskZero: true, name: "embed_words").Apply(words);
        IReadOnlyList<KerasTensor> encoded = new LSTM(4, returnState: true, name: "encoder").ApplyMany(embedded);
        KerasTensor decoded = new LSTM(4, returnSequences: true, name: "decoder").Apply(
            new Embedding(8, 3, maskZero: true, name: "embed_target").Apply(target), initialState: [encoded[1], encoded[2]]);
        IReadOnlyList<KerasTensor> both = new Bidirectional(new GRU(2, returnState: true, name: "gru"), name: "both").ApplyMany(embedded);
        KerasTensor after = new GRU(2, name: "after")
            .Apply(new TimeDistributed(new Dense(2, name: "inner"), name: "steps").Apply(decoded), initialState: [both[1]]);
        using var model = new Functional([words, target], [after, both[0]]);

        model.LoadWeights(Path.Combine(Folder, "seq2seq.weights.h5"));

        AssertComputes(model);
    }

    private static void AssertComputes(Model model)
    {
        JsonNode recorded = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "seq2seq.json")))!;
        using DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU) { Error = TextWriter.Null };

        Tensor[] outputs = model.Apply([.. recorded["x"]!.AsArray().Select(Matrix)], context);

        foreach ((Tensor expected, Tensor actual) in recorded["y"]!.AsArray().Select(Matrix).Zip(outputs))
        {
            Tolerance.Near(expected.data<float>().ToArray(), actual.contiguous().data<float>().ToArray(), Tolerance.Prediction, "output");
        }

        Assert.Equal(recorded["y"]!.AsArray().Count, outputs.Length);
    }

    private static Tensor Matrix(JsonNode? rows) =>
        stack(rows!.AsArray().Select(row => tensor(row!.AsArray().Select(v => v!.GetValue<float>()).ToArray())));
}
