using System.Text.Json;
using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Reference/own: custom layers, models and TorchSharp modules train like the same classes in Keras.</summary>
public sealed class OwnClassRunTests
{
    private static readonly JsonElement Reference = ReferenceFile.Read("own/own.json");

    public static TheoryData<string> Runs => [.. Reference.EnumerateObject().Select(run => run.Name)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Losses_weights_and_predictions_are_those_of_Keras(string name)
    {
        JsonElement run = Reference.GetProperty(name);
        NDArray[] x = [.. run.GetProperty("x").EnumerateArray().Select(Array)];
        NDArray y = Array(run.GetProperty("y"));
        using Network network = Make(name);
        Model model = network.Model;
        model.Build([.. x.Select(array => array.Shape[1..].WithBatch())]);
        network.Set([.. run.GetProperty("w_init").EnumerateArray().Select(Array)]);
        var batches = new List<Dictionary<string, double>>();

        History history = model.Fit(
            Rows(x, 0, 24),
            Rows([y], 0, 24),
            batchSize: 7,
            epochs: 3,
            shuffle: false,
            verbose: 0,
            validationData: (Rows(x, 24, 31), Rows([y], 24, 31)),
            validationBatchSize: 3,
            callbacks: [
            new LambdaCallback(onTrainBatchEnd: (_, logs) => batches.Add(logs.Keys.ToDictionary(key => key, key => logs[key])))]);

        foreach (JsonProperty logged in run.GetProperty("history").EnumerateObject())
        {
            foreach ((JsonElement value, int epoch) in logged.Value.EnumerateArray().Select((value, epoch) => (value, epoch)))
            {
                Tolerance.Near(value.GetDouble(), history[logged.Name][epoch], Tolerance.Dense, $"{logged.Name} of epoch {epoch}");
            }
        }

        Assert.Equal(run.GetProperty("batches").GetArrayLength(), batches.Count);
        foreach ((JsonElement expected, Dictionary<string, double> logs) in run.GetProperty("batches").EnumerateArray().Zip(batches))
        {
            foreach (JsonProperty value in expected.EnumerateObject())
            {
                Tolerance.Near(value.Value.GetDouble(), logs[value.Name], Tolerance.Dense, $"{value.Name} of a batch");
            }
        }

        foreach ((NDArray expected, NDArray weight) in run.GetProperty("w_final").EnumerateArray().Select(Array).Zip(network.Get()))
        {
            Assert.Equal(expected.Shape, weight.Shape);
            Tolerance.Near(expected.ToArray(), weight.ToArray(), Tolerance.DenseWeights, "weight");
        }

        Tolerance.Near(ReferenceArray.Numbers(run.GetProperty("predictions")),
            model.Predict(Rows(x, 0, 31), batchSize: 8, verbose: 0).ToArray(), Tolerance.DenseWeights, "prediction");
        Logs evaluated = model.Evaluate(Rows(x, 0, 31), Rows([y], 0, 31), batchSize: 8, verbose: 0);
        foreach (JsonProperty value in run.GetProperty("evaluated").EnumerateObject())
        {
            Tolerance.Near(value.Value.GetDouble(), evaluated[value.Name], Tolerance.Dense, $"evaluated {value.Name}");
        }
    }

    private static Network Make(string name)
    {
        (Model model, nn.Module? module, Optimizer optimizer) = name switch
        {
            "priced layer" =>
                (new Sequential([new Input([4]), new Dense(5, activation: "tanh", activityRegularizer: new Cairn.Regularizers.L2(0.02)),
                new PricedLayer(), new Dense(1)]), null, new SGD(0.05, momentum: 0.9)),
            "priced model" => (new PricedModel(), null, new Adam(0.02)),
            "module" => Of(nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1)), new Adam(0.02, clipNorm: 0.5)),
            "module of two inputs" => OfTwo(new TwoInputModule(), new RMSprop(0.01)),
            _ => ((Model)null!, (nn.Module?)null, (Optimizer)name),
        };
        model.Compile(optimizer, "mse", ["mae"]);
        return new Network(model, module);

        static (Model, nn.Module?, Optimizer) Of(nn.Module<Tensor, Tensor> module, Optimizer optimizer) =>
            (Model.From(module), module, optimizer);

        static (Model, nn.Module?, Optimizer) OfTwo(nn.Module<Tensor, Tensor, Tensor> module, Optimizer optimizer) =>
            (Model.From(module), module, optimizer);
    }

    private static NDArray Array(JsonElement recorded) =>
        NDArray.From(ReferenceArray.Numbers(recorded), [.. recorded.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())]);

    private static NDArrays Rows(NDArray[] arrays, int from, int to) => NDArrays.Create([.. arrays.Select(array =>
    {
        int width = (int)array.Shape[1];
        return NDArray.From(array.ToArray()[(from * width)..(to * width)], [to - from, width]);
    })]);

    /// <summary>A model whose weights are read and written in Keras' layout: torch's kernels are transposed.</summary>
    private sealed class Network(Model model, nn.Module? module) : IDisposable
    {
        public Model Model => model;

        public void Set(NDArray[] weights) => model.SetWeights([.. weights.Select(Turned)]);

        public IEnumerable<NDArray> Get() => model.GetWeights().Select(Turned);

        public void Dispose()
        {
            model.Dispose();
            module?.Dispose();
        }

        private NDArray Turned(NDArray weight)
        {
            if (module is null || weight.Shape.Rank == 1)
            {
                return weight;
            }

            using Tensor turned = weight.ToTensor().t().contiguous();
            return NDArray.From(turned.data<float>().ToArray(), turned.shape);
        }
    }

    private sealed class PricedLayer() : Layer("priced")
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            context.AddLoss(x.square().mean() * 0.05f);
            return x;
        }
    }

    private sealed class PricedModel : Model
    {
        private readonly Dense hidden;
        private readonly Dense head;

        public PricedModel()
        {
            hidden = AddSublayer(
                new Dense(5, activation: "tanh", activityRegularizer: new Cairn.Regularizers.L2(0.02),
                    kernelRegularizer: new Cairn.Regularizers.L1(0.01)), "hidden");
            head = AddSublayer(new Dense(1), "head");
        }

        protected override Tensor Call(Tensor x, CallContext context)
        {
            Tensor h = hidden.Apply(x, context);
            context.AddLoss(h.square().sum() * 0.01f);
            return head.Apply(context.Training ? h * 0.5f : h, context);
        }
    }

    private sealed class TwoInputModule : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear left = nn.Linear(4, 4);
        private readonly TorchSharp.Modules.Linear right = nn.Linear(3, 3);
        private readonly TorchSharp.Modules.Linear head = nn.Linear(7, 2);

        public TwoInputModule()
            : base("two_inputs") => RegisterComponents();

        public override Tensor forward(Tensor a, Tensor b) => head.call(cat([left.call(a).tanh(), right.call(b)], 1));
    }
}
