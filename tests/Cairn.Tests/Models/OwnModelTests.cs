using Cairn.Callbacks;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Saving;
using Cairn.Tests.Training;
using static TorchSharp.torch;

namespace Cairn.Tests;

/// <summary>Custom models and layers: their parts follow from the calls in their Call method.</summary>
public sealed class OwnModelTests
{
    private static readonly float[,] X = { { 1, 2, 3 }, { 0, -1, 1 }, { 2, 0, 1 }, { 1, 1, 1 } };
    private static readonly float[,] Y = { { 1 }, { 0 }, { 2 }, { 1 } };

    [Fact]
    public void A_model_gets_its_weights_with_the_first_data_and_learns()
    {
        using var model = new Twin { Seed = 3 };
        model.Compile("sgd", "mse");
        Assert.False(model.Built);

        History history = model.Fit(X, Y, epochs: 30, verbose: 0);

        Assert.True(history["loss"][^1] < history["loss"][0] / 2);
        Assert.Equal(["twin/dense/kernel", "twin/dense/bias", "twin/dense_1/kernel", "twin/dense_1/bias"],
            model.Weights.Select(w => w.Path));
        Assert.Equal([Shape.None, 1], model.OutputShape);
        Assert.Equal(["hidden", "head"], model.Sublayers.Select(s => s.Attribute));
    }

    [Fact]
    public void It_computes_the_same_as_the_layers_in_sequence()
    {
        using var model = new Twin { Seed = 3 };
        model.Build([Shape.None, 3]);
        using var row = new Sequential([new Input([3]), new Dense(4, activation: "relu"), new Dense(1)], seed: 3);

        Assert.Equal(row.Weights.SelectMany(w => w.ToFloats()), model.Weights.SelectMany(w => w.ToFloats()));
        Assert.Equal(row.Predict(X, verbose: 0).ToArray(), model.Predict(X, verbose: 0).ToArray());
    }

    [Fact]
    public void Several_inputs_and_outputs_take_the_function_of_arrays()
    {
        using var model = new TwoWays();
        model.Build([[Shape.None, 2], [Shape.None, 3]]);
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using var context = new CallContext(training: false, 0, CPU);

        Tensor[] y = model.Forward([ones(1, 2), ones(1, 3)], CallArguments.List(2), context);

        Assert.Equal([2f, 3f], y.Select(t => t.item<float>())); // kernels of ones
        Assert.Equal(["output_1", "output_2"], model.OutputNames);
        Assert.Equal([[Shape.None, 1], [Shape.None, 1]], model.OutputShapes.Select(s => s.ToArray()));
    }

    [Fact]
    public void Its_weights_are_saved_and_loaded_and_saving_the_whole_model_is_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        using var model = new Twin { Seed = 1 };
        using var other = new Twin { Seed = 2 };
        model.Build([Shape.None, 3]);
        other.Build([Shape.None, 3]);

        model.SaveWeights(folder["twin.weights.h5"]);
        other.LoadWeights(folder["twin.weights.h5"]);

        Assert.Equal(ReferenceRun.Flatten(model), ReferenceRun.Flatten(other));
        foreach (string file in (string[])["twin.h5", "twin.keras"])
        {
            string message = Assert.Throws<NotSupportedException>(() => model.Save(folder[file])).Message;
            Assert.Contains("class Twin, whose code a file can't hold", message, StringComparison.Ordinal);
            Assert.Contains("saveWeightsOnly: true", message, StringComparison.Ordinal);
        }

        Assert.Equal(["twin.weights.h5"], Directory.GetFileSystemEntries(folder.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void The_weights_file_has_the_groups_of_Keras()
    {
        // Keras 3.16, class Twin(keras.Model) with self.hidden and self.head: hidden/vars/0, hidden/vars/1, head/vars/0, head/vars/1.
        using var folder = new TemporaryFolder();
        using var model = new Twin();
        model.Build([Shape.None, 3]);
        model.SaveWeights(folder["twin.weights.h5"]);

        using Cairn.Saving.Hdf5.WeightGroups groups = Cairn.Saving.Hdf5.WeightsHdf5.Read(folder["twin.weights.h5"]);
        Assert.Equal(["", "head", "hidden"], groups.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ModelCheckpoint_keeps_its_weights()
    {
        using var folder = new TemporaryFolder();
        using var model = new Twin { Seed = 1 };
        model.Compile("sgd", "mse");
        model.Fit(X, Y, verbose: 0, callbacks: [new ModelCheckpoint(folder["best.weights.h5"], saveWeightsOnly: true)]);
        float[] trained = ReferenceRun.Flatten(model);
        ReferenceRun.SetWeights(model, new float[trained.Length]);

        model.LoadWeights(folder["best.weights.h5"]);

        Assert.Equal(trained, ReferenceRun.Flatten(model));
    }

    [Fact]
    public void A_custom_class_is_saved_with_its_configuration_and_loaded()
    {
        using var folder = new TemporaryFolder();
        using var model = new Wide(5) { Seed = 1 };
        model.Compile("adam", "mse");
        model.Fit(X, Y, verbose: 0);

        model.Save(folder["wide.keras"]);
        using var again = Model.Load(folder["wide.keras"],
            customObjects: new CustomObjects { { "Wide", config => new Wide(config.Int("units")) } });

        Assert.IsType<Wide>(again);
        Assert.Equal(model.Predict(X, verbose: 0).ToArray(), again.Predict(X, verbose: 0).ToArray());
        Assert.Equal(1, again.Optimizer!.Iterations);
        Assert.Contains("'.h5'", Assert.Throws<NotSupportedException>(() => model.Save(folder["wide.h5"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_that_a_layer_or_a_model_adds_are_part_of_the_loss()
    {
        // mse of 0 to targets 0 is 0; the layer adds 2 and the model 3.
        using var row = new Sequential([new Input([3]), new Dense(1, kernelInitializer: "zeros"), new Adding(2)]);
        row.Compile(new Cairn.Optimizers.SGD(0.0), "mse");
        using var own = new Priced();
        own.Compile(new Cairn.Optimizers.SGD(0.0), "mse");

        Assert.Equal(2, row.Fit(X, new float[4, 1], verbose: 0)["loss"][0], 1e-6);
        Assert.Equal(2, row.Evaluate(X, new float[4, 1], verbose: 0)["loss"], 1e-6);
        Assert.Equal(5, own.Fit(X, new float[4, 1], verbose: 0)["loss"][0], 1e-6);
    }

    [Fact]
    public void A_layer_made_of_layers_needs_no_Build_and_works_in_graphs()
    {
        var i = new Input([3]);
        var block = new Residual();
        using var model = new Functional(i, block.Apply(block.Apply(i)));

        Assert.Equal(["residual/dense/kernel", "residual/dense/bias", "residual/dense_1/kernel", "residual/dense_1/bias"],
            model.Weights.Select(w => w.Path));
        Assert.Equal([4, 3], model.Predict(X, verbose: 0).Shape);
    }

    [Fact]
    public void A_layer_that_is_called_without_being_a_part_is_named()
    {
        using var model = new Forgetful();
        string message = Assert.Throws<InvalidOperationException>(() => model.Build([Shape.None, 3])).Message;
        Assert.Contains("Forgetful 'forgetful' calls Dense 'dense', which is not one of its sublayers", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_without_a_function_an_unknown_size_and_a_taken_attribute_are_refused()
    {
        using var empty = new Empty();
        Assert.Contains("Empty overrides neither", Assert.Throws<InvalidOperationException>(() => empty.Build([Shape.None, 3])).Message,
            StringComparison.Ordinal);
        using var model = new Twin();
        Assert.Contains("sizes of all axes but the batch",
            Assert.Throws<ArgumentException>(() => model.Build([Shape.None, Shape.None])).Message, StringComparison.Ordinal);
        Assert.Contains("call Build(inputShape) first", Assert.Throws<InvalidOperationException>(() => model.Apply(new Input([3]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("'optimizer' is reserved", Assert.Throws<ArgumentException>(() => new Named("optimizer")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_model_is_a_layer_of_a_graph_and_is_frozen_with_it()
    {
        using var inner = new Twin();
        inner.Build([Shape.None, 3]);
        var i = new Input([3]);
        using var model = new Functional(i, new Dense(1).Apply(inner.Apply(i)));
        Assert.Equal(6, model.TrainableWeights.Count);

        inner.Trainable = false;

        Assert.Equal(["dense/kernel", "dense/bias"], model.TrainableWeights.Select(w => w.Path));
        Assert.All(inner.Layers, layer => Assert.False(layer.Trainable));
    }

    private sealed class Twin : Model
    {
        private readonly Dense hidden;
        private readonly Dense head;

        public Twin()
        {
            hidden = AddSublayer(new Dense(4, activation: "relu"), "hidden");
            head = AddSublayer(new Dense(1), "head");
        }

        protected override Tensor Call(Tensor x, CallContext context) => head.Apply(hidden.Apply(x, context), context);
    }

    private sealed class TwoWays : Model
    {
        private readonly Dense first;
        private readonly Dense second;

        public TwoWays()
            : base("two_ways")
        {
            first = AddSublayer(new Dense(1, kernelInitializer: "ones"), "first");
            second = AddSublayer(new Dense(1, kernelInitializer: "ones"), "second");
        }

        protected override Tensor[] Call(Tensor[] inputs, CallContext context) =>
            [first.Apply(inputs[0], context), second.Apply(inputs[1], context)];
    }

    private sealed class Wide : Model
    {
        private readonly int units;
        private readonly Dense dense;
        private readonly Dense head;

        public Wide(int units)
        {
            this.units = units;
            dense = AddSublayer(new Dense(units), "dense");
            head = AddSublayer(new Dense(1), "head");
        }

        protected override Tensor Call(Tensor x, CallContext context) => head.Apply(dense.Apply(x, context), context);

        protected override void WriteConfig(System.Text.Json.Nodes.JsonObject config) => config["units"] = units;
    }

    private sealed class Adding(float price) : Layer("adding")
    {
        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context)
        {
            context.AddLoss(tensor(price));
            return x;
        }
    }

    private sealed class Priced : Model
    {
        private readonly Dense dense;
        private readonly Adding adding;

        public Priced()
        {
            dense = AddSublayer(new Dense(1, kernelInitializer: "zeros"), "dense");
            adding = AddSublayer(new Adding(2), "adding");
        }

        protected override Tensor Call(Tensor x, CallContext context)
        {
            context.AddLoss(tensor(3f));
            return adding.Apply(dense.Apply(x, context), context);
        }
    }

    private sealed class Residual : Layer
    {
        private readonly Dense one;
        private readonly Dense two;

        public Residual()
            : base(null)
        {
            one = AddSublayer(new Dense(5, activation: "tanh"), "one");
            two = AddSublayer(new Dense(3), "two");
        }

        public override Shape ComputeOutputShape(Shape inputShape) => inputShape;

        protected override Tensor Call(Tensor x, CallContext context) => x.add(two.Apply(one.Apply(x, context), context));
    }

    private sealed class Forgetful : Model
    {
        private readonly Dense dense = new(1);

        protected override Tensor Call(Tensor x, CallContext context) => dense.Apply(x, context);
    }

    private sealed class Empty : Model;

    private sealed class Named : Model
    {
        public Named(string attribute) => AddSublayer(new Dense(1), attribute);
    }
}
