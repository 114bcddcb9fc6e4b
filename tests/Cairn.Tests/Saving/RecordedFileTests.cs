using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving;

/// <summary>Files of real Keras: shared layers, initial states and weights of subclassed models; read, written and read again.</summary>
public sealed class RecordedFileTests : IDisposable
{
    private static readonly JsonArray Recorded = JsonNode.Parse(ReferenceFile.Read("shared/shared.json").GetRawText())!.AsArray();

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Models => [.. Recorded.Where(c => (string)c!["ending"]! == ".keras").Select(c => (string)c!["name"]!)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_predicts_as_in_Keras_before_and_after_it_is_saved_again(string name)
    {
        (JsonNode recorded, string path) = Find(name);
        using var model = Model.Load(path);
        Check(model, recorded);
        Assert.Equal((int)recorded["weights"]!, model.Weights.Count);
        foreach (string file in new[] { "again.keras", "again.h5" })
        {
            model.Save(folder[file]);
            using var again = Model.Load(folder[file]);
            Check(again, recorded);
            Assert.Equal((int)recorded["weights"]!, again.Weights.Count);
        }
    }

    [Fact]
    public void A_layer_of_states_has_their_shapes_where_Keras_looks_for_them()
    {
        using var model = Model.Load(Find("stacked LSTM cells with states").Path);
        JsonNode layer = JsonNode.Parse(model.ToJson())!["config"]!["layers"]!.AsArray().Single(l => (string)l!["class_name"]! == "RNN")!;

        // As Keras 3.16 wrote it.
        Assert.Equal(
            """{"shapes_dict":{"sequences_shape":[null,5,3],"initial_state_shape":[[[null,4],[null,4]],[[null,6],[null,6]]]}}""",
            layer["build_config"]!.ToJsonString());
        Assert.Equal([2, 2], layer["inbound_nodes"]![0]!["kwargs"]!["initial_state"]!.AsArray().Select(cell => cell!.AsArray().Count));
    }

    [Fact]
    public void Weights_of_a_subclassed_model_are_found_wherever_its_attributes_stand()
    {
        (JsonNode recorded, string path) = Find("attributes");
        using var model = new Attributes();
        LoadAndCheck(model, recorded, path);
        (recorded, path) = Find("a subclassed model in another");
        using var behind = new Behind();
        LoadAndCheck(behind, recorded, path);
    }

    [Fact]
    public void Weights_that_an_earlier_version_stored_under_attributes_are_found_too()
    {
        using var model = new Attributes { Seed = 1 };
        model.Build([Shape.None, 4]);
        var groups = new List<Cairn.Saving.Hdf5.WeightGroup>();
        void Describe(Layer layer, string path)
        {
            groups.Add(new(path, layer.Name,
                [.. layer.OwnWeights.Select((w, i) => Cairn.Saving.WeightTransfer.ToData(w).Renamed($"{i}"))]));
            foreach ((string attribute, Layer part) in layer.Sublayers.Where(s => s.Attribute != "zeta"))
            {
                Describe(part, path.Length == 0 ? attribute : $"{path}/{attribute}");
            }
        }

        Describe(model, "");
        using (FileStream file = File.Create(folder["old.weights.h5"]))
        {
            Cairn.Saving.Hdf5.WeightsHdf5.Write(file, groups);
        }

        using var other = new Attributes { Seed = 2 };
        other.Build([Shape.None, 4]);
        other.LoadWeights(folder["old.weights.h5"]);
        var x = NDArray.From([1f, 2, 3, 4], [1, 4]);
        Assert.Equal(model.Predict(x, verbose: 0).ToArray(), other.Predict(x, verbose: 0).ToArray());
    }

    private (JsonNode Recorded, string Path) Find(string name)
    {
        JsonNode recorded = Recorded.Single(c => (string)c!["name"]! == name)!;
        string path = folder[$"{name}{recorded["ending"]}"];
        File.WriteAllBytes(path, Convert.FromBase64String((string)recorded["file"]!));
        return (recorded, path);
    }

    private void LoadAndCheck(Model model, JsonNode recorded, string path)
    {
        model.Build([Shape.None, 4]);
        model.LoadWeights(path);
        Check(model, recorded);

        // Written in the same places: Keras' file is read by the paths alone.
        model.SaveWeights(folder["again.weights.h5"]);
        using Cairn.Saving.Hdf5.WeightGroups written = Cairn.Saving.Hdf5.WeightsHdf5.Read(folder["again.weights.h5"]);
        using Cairn.Saving.Hdf5.WeightGroups expected = Cairn.Saving.Hdf5.WeightsHdf5.Read(path);
        Assert.Equal(Places(expected), Places(written));
        static IEnumerable<string> Places(Cairn.Saving.Hdf5.WeightGroups groups) =>
            groups.Where(g => g.Value.Weights.Count > 0 && !g.Key.StartsWith("optimizer", StringComparison.Ordinal)).Select(g => g.Key)
            .Order(StringComparer.Ordinal);
    }

    private static void Check(Model model, JsonNode recorded)
    {
        NDArray[] x = [.. recorded["x"]!.AsArray().Select(a => ReferenceArray.ToNDArray(a!))];
        IReadOnlyList<NDArray> predicted = model.PredictMany([.. x], verbose: 0);
        foreach ((NDArray given, JsonNode? expected) in predicted.Zip(recorded["y"]!.AsArray()))
        {
            foreach ((float a, float b) in given.ToArray().Zip(ReferenceArray.ToNDArray(expected!).ToArray()))
            {
                Assert.Equal(b, a, 1e-5f);
            }
        }
    }

    private sealed class Block : Layer
    {
        private readonly Dense first, second;

        public Block()
            : base(null)
        {
            second = AddSublayer(new Dense(4), "second");
            first = AddSublayer(new Dense(5, activation: "relu"), "first");
        }

        public override Shape ComputeOutputShape(Shape inputShape) => [inputShape[0], 4];

        protected override Tensor Call(Tensor x, CallContext context) => second.Apply(first.Apply(x, context), context);
    }

    private sealed class Attributes : Model
    {
        private readonly Dense reluOut, alpha, hidden, outputLayer;
        private readonly BatchNormalization norm;
        private readonly Block block, tail;

        public Attributes()
        {
            reluOut = AddSublayer(new Dense(4, activation: "relu"), "relu_out");
            alpha = AddSublayer(new Dense(4), "alpha");
            hidden = AddSublayer(new Dense(4), "_hidden");
            AddSublayer(alpha, "zeta");
            norm = AddSublayer(new BatchNormalization(), "norm");
            outputLayer = AddSublayer(new Dense(2), "output_layer");
            block = AddSublayer(new Block(), "block");
            tail = AddSublayer(new Block(), "tail");
        }

        protected override Tensor Call(Tensor x, CallContext context)
        {
            x = alpha.Apply(hidden.Apply(alpha.Apply(reluOut.Apply(x, context), context), context), context);
            return outputLayer.Apply(tail.Apply(block.Apply(norm.Apply(x, context), context), context), context);
        }
    }

    private sealed class Behind : Model
    {
        private readonly Dense last;
        private readonly Attributes inside;

        public Behind()
        {
            last = AddSublayer(new Dense(2), "out");
            inside = AddSublayer(new Attributes(), "model_inside");
        }

        protected override Tensor Call(Tensor x, CallContext context) => last.Apply(inside.Apply(x, context), context);
    }
}
