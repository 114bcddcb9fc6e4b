using System.Text.Json;
using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Tests.Callbacks;

/// <summary>
/// The model the reference data was recorded with: two inputs, one Dense unit, loss mse, metrics accuracy and mae.
/// It saves real files, those of the inner Sequential model.
/// </summary>
internal sealed class TinyModel : Model
{
    private readonly Sequential inner = new([new Input([2]), new Dense(1)]);

    private TinyModel()
        : base("tiny")
    {
        inner.Build([Shape.None, 2]);
    }

    public override IReadOnlyList<Layer> Layers => inner.Layers;

    public override IReadOnlyList<Variable> Weights => inner.Weights;

    public override IReadOnlyList<Variable> TrainableWeights => inner.TrainableWeights;

    private protected override IReadOnlyList<Shape> DeclaredInputShapes => [[Shape.None, 2]];

    public static TinyModel Create(JsonElement spec) => Create(
        spec.GetProperty("optimizer").GetString()!,
        RateOf(spec.GetProperty("learning_rate")),
        [.. spec.GetProperty("metrics").EnumerateArray().Select(metric => metric.GetString()!)]);

    public static TinyModel Create(double learningRate = 0.1) => Create("SGD", learningRate, ["accuracy", "mae"]);

    public static void Fill(Model model, double value) => model.SetWeights(
        [.. model.Weights.Select(weight =>
            NDArray.From(Enumerable.Repeat((float)value, (int)weight.Shape.ElementCount).ToArray(), weight.Shape))]);

    /// <summary>The value of every element of every weight.</summary>
    public static double Value(Model model) => model.GetWeights().SelectMany(weight => weight.ToArray()).Distinct().Single();

    public override Shape ComputeOutputShape(Shape inputShape) => inner.ComputeOutputShape(inputShape);

    internal override IModelSnapshot PrepareSave(
        string filepath, IReadOnlyDictionary<string, string>? remarks, bool weightsOnly, Func<Variable, WeightData> read) =>
        inner.PrepareSave(filepath, remarks, weightsOnly, read);

    protected override Tensor Call(Tensor x, CallContext context) => inner.Forward(x, context);

    private static TinyModel Create(string optimizer, LearningRate rate, string[] metrics)
    {
        var model = new TinyModel();
        model.Compile(
            optimizer switch
            {
                "SGD" => new SGD(rate),
                "Adam" => new Adam(rate),
                "RMSprop" => new RMSprop(rate),
                _ => throw new ArgumentException($"No optimizer '{optimizer}' in these tests.", nameof(optimizer)),
            },
            "mse",
            [.. metrics]);
        return model;
    }

    private static LearningRate RateOf(JsonElement spec) => spec.ValueKind == JsonValueKind.Number
        ? spec.GetDouble()
        : new ExponentialDecay(
            spec.GetProperty("initial_learning_rate").GetDouble(), spec.GetProperty("decay_steps").GetDouble(),
            spec.GetProperty("decay_rate").GetDouble());
}
