using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Optimizers.Schedules;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Optimizers;

public sealed class SavedOptimizerTests
{
    private static readonly Dictionary<string, Func<Optimizer>> Makers = new()
    {
        ["sgd"] = () => new SGD(0.1, 0.5, nesterov: true, gradientAccumulationSteps: 3),
        ["rmsprop"] = () => new RMSprop(0.02, 0.8, 0.3, 1e-5, centered: true, useEma: true, emaMomentum: 0.8, emaOverwriteFrequency: 2),
        ["adam"] = () =>
            new Adam(0.02, 0.8, 0.9, 1e-5, amsgrad: true, weightDecay: 0.1, clipNorm: 1, useEma: true, gradientAccumulationSteps: 2,
            lossScaleFactor: 16, name: "mine"),
        ["adamw"] = () => new AdamW(new CosineDecay(0.02, 20, 0.1, "wave", 0.05, 3), 0.2, 0.8, 0.9, 1e-5, amsgrad: true),
        ["adamax"] = () => new Adamax(0.02, 0.8, 0.9, 1e-5, globalClipNorm: 2),
        ["nadam"] = () => new Nadam(0.02, 0.8, 0.9, 1e-5, clipValue: 0.1),
        ["adagrad"] = () => new Adagrad(new PiecewiseConstantDecay([4, 7], [0.2, 0.1, 0.05]), 0.2, 1e-5),
        ["adadelta"] = () => new Adadelta(new PolynomialDecay(1, 10, 0.1, 2, cycle: true), 0.8, 1e-5),
        ["adafactor"] = () => new Adafactor(0.02, -0.7, 1e-20, 1e-2, 0.8, relativeStep: false),
        ["ftrl"] = () => new Ftrl(new InverseTimeDecay(0.1, 4, 0.5, staircase: true), -0.6, 0.2, 0.01, 0.02, 0.03, 0.04),
        ["lamb"] = () => new Lamb(new CosineDecayRestarts(0.02, 4, 1.5, 0.9, 0.1), 0.8, 0.9, 1e-5),
        ["lion"] = () => new Lion(new ExponentialDecay(0.02, 4, 0.5, staircase: true), 0.8, 0.9),
        ["muon"] = () => new Muon(0.02, 0.8, 0.9, null, 1e-5, 0.1, excludeLayers: ["dense_1"], excludeEmbeddings: false, muonA: 3,
            muonB: -4, muonC: 2, adamLrRatio: 0.5, momentum: 0.9, nsSteps: 3, nesterov: false, rmsRate: null),
        [Wrapper] = () => new LossScaleOptimizer(new Adam(0.02, clipNorm: 1, name: "inside"), 1 << 20, 4, "around"),
    };

    // A name cannot create an optimizer that wraps another.
    private const string Wrapper = "lossscaleoptimizer";

    public static TheoryData<string> Names => [.. Makers.Keys.Where(name => name != Wrapper)];

    public static MatrixTheoryData<string, string> NamesAndFormats => new(Makers.Keys, ["h5", "keras"]);

    [Theory]
    [MemberData(nameof(NamesAndFormats))]
    public void A_saved_model_is_loaded_with_all_settings_and_continues_with_the_same_bits(string name, string format)
    {
        (float[,] x, int[] y) = FitTests.Data(50);
        using var folder = new TemporaryFolder();
        using Sequential model = FitTests.Classifier(3);
        model.Compile(Makers[name](), "sparse_categorical_crossentropy");
        model.Fit(x, y, batchSize: 10, epochs: 1, verbose: 0, seed: 3);
        model.Save(folder[$"model.{format}"]);

        using var loaded = Model.Load(folder[$"model.{format}"]);

        Assert.IsType(model.Optimizer!.GetType(), loaded.Optimizer);
        Assert.Equal(model.Optimizer.Serialize().ToJsonString(), loaded.Optimizer!.Serialize().ToJsonString());
        Assert.Equal(model.Optimizer.Iterations, loaded.Optimizer.Iterations);
        Assert.Equal(model.Optimizer.LearningRate, loaded.Optimizer.LearningRate);
        float[] saved = ReferenceRun.Flatten(model);
        model.Fit(x, y, batchSize: 10, epochs: 3, initialEpoch: 1, verbose: 0, seed: 3);
        loaded.Fit(x, y, batchSize: 10, epochs: 3, initialEpoch: 1, verbose: 0, seed: 3);
        Assert.NotEqual(saved, ReferenceRun.Flatten(model));
        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(loaded));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_name_as_a_string_creates_it_with_the_defaults_of_its_constructor(string name)
    {
        using Optimizer byName = name;
        using var byConstructor = (Optimizer)Activator.CreateInstance(
            byName.GetType(),
            System.Reflection.BindingFlags.OptionalParamBinding | System.Reflection.BindingFlags.CreateInstance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance,
            null, [null], null)!;

        Assert.Equal(byConstructor.Serialize().ToJsonString(), byName.Serialize().ToJsonString());
    }

    [Fact]
    public void A_number_of_steps_of_0_in_a_file_means_none_as_in_Keras()
    {
        using Optimizer optimizer = OptimizerRegistry.Deserialize(
            System.Text.Json.Nodes.JsonNode.Parse(
                """{"class_name": "SGD", "config": {"gradient_accumulation_steps": 0, "use_ema": true, "ema_overwrite_frequency": 0}}"""),
                "optimizer");

        Assert.Null((object?)optimizer.GetConfig()["gradient_accumulation_steps"]);
        Assert.Null((object?)optimizer.GetConfig()["ema_overwrite_frequency"]);
    }
}
