using Cairn.Callbacks;
using Cairn.Tests.Data;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Tests;

public sealed class TorchModelTests
{
    [Fact]
    public void Training_gives_the_weights_of_a_loop_written_by_hand_and_they_are_the_modules_own()
    {
        using var byHand = new Net(dropout: 0);
        using var module = new Net(dropout: 0);
        module.load_state_dict(byHand.state_dict());
        TrainByHand(byHand, epochs: 3);
        using TorchModel model = Compiled(module);

        model.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 3, shuffle: false, verbose: 0);

        foreach (((string name, Parameter parameter) expected, (string name, Parameter parameter) actual) in byHand.named_parameters()
            .Zip(module.named_parameters()))
        {
            Assert.Equal(expected.name, actual.name);
            Tolerance.Near(expected.parameter.data<float>().ToArray(), actual.parameter.data<float>().ToArray(),
                expected.name == "first.bias" ? Tolerance.NoisyBias : 1e-5, expected.name);
        }

        Assert.False(module.training);
    }

    [Fact]
    public void Statistics_of_batch_normalization_are_weights_that_gradients_leave_alone_and_files_keep()
    {
        using var folder = new TemporaryFolder();
        using var module = new Net();
        using TorchModel model = Compiled(module);
        model.Fit(SmallData.X, SmallData.Y, verbose: 0);
        Assert.Equal(["norm.running_mean", "norm.running_var", "norm.num_batches_tracked"], model.NonTrainableWeights.Select(v => v.Path));
        Assert.Equal(["first.weight", "first.bias", "norm.weight", "norm.bias", "last.weight", "last.bias"],
            model.TrainableWeights.Select(v => v.Path));
        Assert.NotEqual(new float[6], model.NonTrainableWeights[0].ToNDArray().ToArray());
        float[] expected = model.Predict(SmallData.X, verbose: 0).ToArray();

        foreach (string file in (string[])["net.weights.h5", "net.safetensors"])
        {
            model.SaveWeights(folder[file]);
            using var other = new Net();
            using TorchModel loaded = Compiled(other);
            loaded.LoadWeights(folder[file]);
            Assert.Equal(expected, loaded.Predict(SmallData.X, verbose: 0).ToArray());
            Assert.Equal(1, other.norm.num_batches_tracked!.item<long>());
        }
    }

    [Fact]
    public void A_submodule_in_evaluation_mode_keeps_it_and_its_statistics_do_not_change()
    {
        using var module = new Net();
        using TorchModel model = Compiled(module);
        module.norm.eval();
        float[] before = module.norm.running_mean!.data<float>().ToArray();

        model.Fit(SmallData.X, SmallData.Y, epochs: 2, verbose: 0, validationData: (SmallData.X, SmallData.Y));

        Assert.Equal(before, module.norm.running_mean!.data<float>().ToArray());
        module.norm.train();
        model.Fit(SmallData.X, SmallData.Y, epochs: 1, verbose: 0);
        Assert.NotEqual(before, module.norm.running_mean!.data<float>().ToArray());
    }

    [Fact]
    public void A_callback_may_put_a_submodule_into_evaluation_mode_for_the_rest_of_the_run()
    {
        using var module = new Net();
        using TorchModel model = Compiled(module);
        float[] kept = [];

        model.Fit(
            SmallData.X, SmallData.Y, epochs: 3, verbose: 0, validationData: (SmallData.X, SmallData.Y),
            callbacks: [new LambdaCallback(onTrainBatchEnd: (_, _) =>
            {
                if (kept.Length == 0)
                {
                    module.norm.eval();
                    kept = module.norm.running_mean!.data<float>().ToArray();
                }
            })]);

        Assert.Equal(kept, module.norm.running_mean!.data<float>().ToArray());
    }

    [Fact]
    public void Changes_of_requires_grad_take_effect_at_any_time()
    {
        using var module = new Net();
        using TorchModel model = Compiled(module);
        module.last.weight!.requires_grad = false;
        float[] frozen = module.last.weight.data<float>().ToArray();
        float[] trained = module.first.weight!.data<float>().ToArray();

        model.Fit(SmallData.X, SmallData.Y, epochs: 1, verbose: 0);
        Assert.Equal(frozen, module.last.weight.data<float>().ToArray());
        Assert.NotEqual(trained, module.first.weight.data<float>().ToArray());
        Assert.False(module.last.weight.requires_grad);

        // Changed between two runs and during a run.
        module.last.weight.requires_grad = true;
        model.Fit(SmallData.X, SmallData.Y, epochs: 1, verbose: 0);
        Assert.NotEqual(frozen, module.last.weight.data<float>().ToArray());
        model.Fit(SmallData.X, SmallData.Y, epochs: 2, verbose: 0, callbacks: [new LambdaCallback(onEpochBegin: (epoch, _) =>
        {
            if (epoch == 1)
            {
                module.last.weight.requires_grad = false;
                frozen = module.last.weight.data<float>().ToArray();
            }
        })]);
        Assert.Equal(frozen, module.last.weight.data<float>().ToArray());

        // Freezing and unfreezing the whole model keeps the setting of each parameter.
        model.Trainable = false;
        model.Fit(SmallData.X, SmallData.Y, epochs: 1, verbose: 0);
        Assert.False(module.first.weight.requires_grad);
        model.Trainable = true;
        model.Fit(SmallData.X, SmallData.Y, epochs: 1, verbose: 0);
        Assert.True(module.first.weight.requires_grad);
        Assert.False(module.last.weight.requires_grad);
    }

    [Fact]
    public void A_file_that_the_module_itself_saved_is_loaded()
    {
        using var folder = new TemporaryFolder();
        using var saved = new Net();
        saved.save(folder["net.dat"]);
        using var module = new Net();
        using TorchModel model = Compiled(module);

        model.LoadWeights(folder["net.dat"]);

        Assert.Equal(saved.first.weight.data<float>().ToArray(), module.first.weight.data<float>().ToArray());
    }

    [Fact]
    public void A_run_with_dropout_resumed_from_a_file_ends_with_the_bits_of_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        using var whole = new Net();
        whole.save(folder["start.dat"]);
        using TorchModel never = Compiled(whole);
        never.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 4, verbose: 0, seed: 5);

        using var first = new Net();
        using (TorchModel half = Compiled(first))
        {
            half.LoadWeights(folder["start.dat"]);
            half.Fit(
                SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 2, verbose: 0, seed: 5,
                callbacks: [new ModelCheckpoint(folder["half.weights.h5"], saveWeightsOnly: true)]);
        }

        using var second = new Net();
        using TorchModel rest = Compiled(second);
        rest.LoadWeights(folder["half.weights.h5"]);
        using (torch.rand(100))
        {
            rest.Fit(SmallData.X, SmallData.Y, batchSize: SmallData.BatchSize, epochs: 4, initialEpoch: 2, verbose: 0, seed: 5);
        }

        Assert.Equal(ReferenceRun.Flatten(never), ReferenceRun.Flatten(rest));
    }

    [Fact]
    public void Parameters_without_gradients_stay_as_they_are()
    {
        using var module = new Net();
        module.first.weight!.requires_grad_(false);
        float[] before = module.first.weight.data<float>().ToArray();
        using TorchModel model = Compiled(module);

        model.Fit(SmallData.X, SmallData.Y, verbose: 0);

        Assert.Equal(before, module.first.weight.data<float>().ToArray());
        Assert.DoesNotContain("first.weight", model.TrainableWeights.Select(v => v.Path));
        Assert.False(module.first.weight.requires_grad);
    }

    [Fact]
    public void Whole_models_are_refused_with_the_reason_and_an_alternative()
    {
        using var folder = new TemporaryFolder();
        using var module = new Net();
        using TorchModel model = Compiled(module);

        foreach (string file in (string[])["net.h5", "net.keras"])
        {
            string message = Assert.Throws<NotSupportedException>(() => model.Save(folder[file])).Message;
            Assert.Contains("the code of the module Net", message);
            Assert.Contains("saveWeightsOnly: true", message);
        }

        Assert.Throws<NotSupportedException>(() => model.ToJson());
    }

    [Fact]
    public void Several_inputs_are_named_like_the_parameters_of_forward_and_take_the_types_that_are_asked_for()
    {
        using var module = new TwoInputs();
        using TorchModel model = Model.From(module, [ScalarType.Int64, ScalarType.Float32], seed: 1);
        model.Compile(new Cairn.Optimizers.SGD(0.1), "mse");
        long[,] words = { { 0, 1 }, { 2, 3 }, { 3, 3 } };
        float[,] numbers = { { 1 }, { 2 }, { 3 } };

        History history = model.Fit(new() { ["size"] = numbers, ["words"] = words }, new float[,] { { 1 }, { 0 }, { 1 } }, epochs: 2,
            verbose: 0);

        Assert.True(history["loss"][1] < history["loss"][0]);
        Assert.Contains("names the input 'word'",
            Assert.Throws<ArgumentException>(() =>
            model.Predict(new NDArrays { ["size"] = numbers, ["word"] = words }, verbose: 0)).Message);
    }

    [Fact]
    public void Two_outputs_have_losses_of_their_own()
    {
        using var module = new TwoOutputs();
        using TorchModel model = Model.From(module);
        model.Compile("sgd", ["mse", "mae"]);

        Cairn.Callbacks.Logs logs = model.Evaluate(new float[4, 2], [new float[4, 1], new float[4, 1]], verbose: 0);

        Assert.Equal(["loss", "output_1_loss", "output_2_loss"], logs.Keys);
        Assert.Equal(2, model.PredictMany(new float[4, 2], verbose: 0).Count);
    }

    [Fact]
    public void A_module_in_double_precision_is_refused_by_the_name_of_its_parameter()
    {
        using Linear module = nn.Linear(2, 2);
        module.to(ScalarType.Float64);

        Assert.Contains("'weight' of the module is of type Float64", Assert.Throws<ArgumentException>(() => Model.From(module)).Message);
    }

    [Fact]
    public void The_module_outlives_the_model()
    {
        using var module = new Net();
        using (TorchModel model = Compiled(module))
        {
            model.Fit(SmallData.X, SmallData.Y, verbose: 0);
        }

        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(3, module.call(zeros(1, 4)).shape[1]);
    }

    private static TorchModel Compiled(Net module)
    {
        TorchModel model = Model.From(module, seed: 3);
        model.Output = TextWriter.Null;
        model.Compile(new Cairn.Optimizers.SGD(0.1, momentum: 0.9), new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true),
            ["accuracy"]);
        return model;
    }

    private static void TrainByHand(Net module, int epochs)
    {
        using SGD optimizer = optim.SGD(module.parameters(), 0.1, momentum: 0.9);
        module.train();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            foreach (Cairn.Data.Batch batch in SmallData.Batches())
            {
                using DisposeScope scope = NewDisposeScope();
                optimizer.zero_grad();
                nn.functional.cross_entropy(module.call(batch.X), batch.Y!).backward();
                optimizer.step();
            }
        }
    }

    private sealed class Net : nn.Module<Tensor, Tensor>
    {
        public readonly Linear first = nn.Linear(4, 6);
        public readonly BatchNorm1d norm = nn.BatchNorm1d(6);
        public readonly Linear last = nn.Linear(6, 3);
        private readonly double dropout;

        public Net(double dropout = 0.3)
            : base(nameof(Net))
        {
            this.dropout = dropout;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) =>
            last.call(nn.functional.dropout(nn.functional.relu(norm.call(first.call(input))), dropout, training));
    }

    private sealed class TwoInputs : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Embedding embedding = nn.Embedding(4, 2);
        private readonly Linear last = nn.Linear(5, 1);

        public TwoInputs()
            : base(nameof(TwoInputs)) => RegisterComponents();

        public override Tensor forward(Tensor words, Tensor size) => last.call(cat([embedding.call(words).flatten(1), size], 1));
    }

    private sealed class TwoOutputs : nn.Module<Tensor, (Tensor, Tensor)>
    {
        private readonly Linear last = nn.Linear(2, 1);

        public TwoOutputs()
            : base(nameof(TwoOutputs)) => RegisterComponents();

        public override (Tensor, Tensor) forward(Tensor input) => (last.call(input), input.sum(1, keepdim: true));
    }
}
