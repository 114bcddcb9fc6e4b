using System.Text.Json;
using System.Text.Json.Nodes;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.RandomModels;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests.Corners;

/// <summary>Training in corner cases, compared with values of Keras (Reference/corners/generate.py).</summary>
public sealed class CornerModelTests
{
    private static readonly Dictionary<string, JsonObject> Models = Read("models");
    private static readonly Dictionary<string, JsonObject> Attentions = Read("attention");

    public static TheoryData<string> ModelNames => [.. Models.Keys];

    public static TheoryData<string> AttentionNames => [.. Attentions.Keys];

    /// <summary>Batches of one sample, strided kernels of one, losses on images and volumes, class weights by position.</summary>
    [Theory]
    [MemberData(nameof(ModelNames))]
    public void A_model_trains_and_predicts_as_in_Keras(string name) =>
        Assert.Null(RandomModelComparison.Difference(new RandomModel(Models[name])));

    /// <summary>The overloads for tensors build the layer, and its weights are trained.</summary>
    [Theory]
    [MemberData(nameof(AttentionNames))]
    public void Attention_inside_a_custom_layer_trains_as_the_layer_itself_in_Keras(string name)
    {
        var recorded = new RandomModel(Attentions[name]);
        using var own = new Attending(LayerRegistry.Deserialize(recorded.Layers[1], name));
        using var model = new Sequential([new Input([4, 3]), own, new Dense(2)]);
        model.Compile(new SGD(0.01), "mse");

        recorded.SetWeights(model);
        Assert.Null(RandomModelComparison.Different(recorded, recorded.Train(model).History, recorded.Predict(model)));
    }

    [Fact]
    public void The_logs_of_a_batch_are_those_of_Keras_call_by_call()
    {
        using var model = new Sequential([new Input([3]), new Dense(1, activation: "sigmoid")]);
        model.Compile(new SGD(0.01), "binary_crossentropy", ["accuracy", "mae"]);
        model.SetWeights([NDArray.From([0.5f, -0.25f, 0.125f], [3, 1]), NDArray.From([0.25f], [1])]);
        foreach (JsonElement element in ReferenceFile.Read("corners/batches.json").EnumerateArray())
        {
            JsonObject call = JsonObject.Create(element)!;
            long seed = call["seed"]!.GetValue<long>() * 1000;
            NDArray x = RandomData.Input(call["inputs"]![0]!.AsObject(), 5, seed + 1);
            JsonObject target = call["targets"]![0]!.AsObject();
            NDArray y = RandomData.Target(target, 5, seed + 101);
            string what = call["call"]!.GetValue<string>();
            target["weight_rank"] = 1;
            Logs logs = what switch
            {
                "test" => model.TestOnBatch(x, y),
                "weighted" => model.TrainOnBatch(x, y, sampleWeight: RandomData.Weights(target, 5, seed + 201)),
                _ => model.TrainOnBatch(x, y),
            };
            foreach ((string key, JsonNode? value) in call["logs"]!.AsObject())
            {
                Tolerance.Near(value!.GetValue<double>(), logs[key], Tolerance.Dense, $"{key} of {what} with the seed {seed}");
            }
        }
    }

    private static Dictionary<string, JsonObject> Read(string file) => ReferenceFile.Read($"corners/{file}.json").EnumerateArray()
        .Select(element => JsonObject.Create(element)!).ToDictionary(model => model["name"]!.GetValue<string>());

    private sealed class Attending : Layer
    {
        private readonly Layer attention;

        public Attending(Layer attention)
            : base(null) => this.attention = AddSublayer(attention, "attention");

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => attention switch
        {
            MultiHeadAttention several => several.Apply(x, x, context),
            GroupQueryAttention groups => groups.Apply(x, x, context),
            Attention one => one.Apply(x, x, context),
            _ => throw new InvalidOperationException(),
        };
    }
}
