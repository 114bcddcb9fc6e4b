using Cairn.Layers;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Tests.Training;

namespace Cairn.Tests.Saving;

/// <summary>Every optimizer, with the state after training, in every format that stores it.</summary>
public sealed class EveryOptimizerTests
{
    public static TheoryData<string, string> Optimizers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string name in new[] { "SGD", "RMSprop", "Adam", "AdamW", "Adamax", "Nadam", "Adagrad", "Adadelta", "Adafactor",
                "Ftrl", "Lamb", "Lion", "Muon" })
            {
                data.Add(name, "");
                data.Add(name, ", 'use_ema': true, 'ema_momentum': 0.9, 'clipnorm': 1.0");
                data.Add(name, ", 'gradient_accumulation_steps': 2");
            }

            data.Add("LossScaleOptimizer", ", 'inner_optimizer': {'class_name': 'Adam', 'config': {'use_ema': true}}, 'initial_scale': "
                + "1.7e38, 'dynamic_growth_steps': 1");
            data.Add("SGD", ", 'momentum': 0.9, 'nesterov': true");
            data.Add("RMSprop", ", 'momentum': 0.9, 'centered': true");
            data.Add("Adam", ", 'amsgrad': true, 'weight_decay': 0.01");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void An_optimizer_is_loaded_from_every_format_and_continues_with_the_same_bits(string name, string settings)
    {
        using var folder = new TemporaryFolder();
        using Sequential model = Make(name, settings);
        Fit(model);
        model.Save(folder["m.keras"]);
        model.Save(folder["m.h5"]);
        model.SaveWeights(folder["m.weights.h5"]);
        float[] state = State(model);
        float[] weights = ReferenceRun.Flatten(model);
        Fit(model);
        float[] after = ReferenceRun.Flatten(model);
        foreach (string file in new[] { "m.keras", "m.h5", "m.weights.h5" })
        {
            Model loaded = file == "m.weights.h5" ? Make(name, settings) : Model.Load(folder[file]);
            using Model owned = loaded;
            if (file == "m.weights.h5")
            {
                loaded.LoadWeights(folder[file]);
            }

            Assert.Empty(loaded.LoadWarnings);
            Assert.Equal(weights, ReferenceRun.Flatten(loaded));
            Assert.Equal(state, State(loaded));
            Fit(loaded);
            Assert.Equal(after, ReferenceRun.Flatten(loaded));
        }
    }

    [Fact]
    public void Every_optimizer_is_listed()
    {
        IEnumerable<string> classes = typeof(Optimizer).Assembly.GetExportedTypes()
            .Where(t => t.IsSubclassOf(typeof(Optimizer)) && !t.IsAbstract).Select(t => t.Name);

        Assert.Equal([], classes.Except(Optimizers.Select(row => (string)((ITheoryDataRow)row).GetData()[0]!)));
    }

    private static float[] State(Model model) => [.. OptimizerState.Describe(model.Optimizer!).SelectMany(v => v.ToSingles())];

    private static Sequential Make(string name, string settings)
    {
        var model = new Sequential([new Input([4]), new Dense(5, activation: "tanh"), new Dense(3)], seed: 8);
        string json = $"{{'class_name': '{name}', 'config': {{'learning_rate': 0.01{settings}}}}}".Replace('\'', '"');
        model.Compile(OptimizerRegistry.Deserialize(System.Text.Json.Nodes.JsonNode.Parse(json), "optimizer"), "mse");
        return model;
    }

    private static void Fit(Model model)
    {
        float[,] x = new float[12, 4];
        float[,] y = new float[12, 3];
        for (int i = 0; i < 48; i++)
        {
            x[i / 4, i % 4] = MathF.Cos(i);
        }

        for (int i = 0; i < 36; i++)
        {
            y[i / 3, i % 3] = MathF.Sin(i);
        }

        model.Fit(x, y, batchSize: 4, epochs: 1, shuffle: false, verbose: 0);
    }
}
