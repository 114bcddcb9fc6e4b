using System.Text.Json;
using Cairn.Data;
using Cairn.Layers;
using Cairn.Saving;
using Cairn.Saving.Torch;
using Cairn.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Tests.Saving.Torch;

/// <summary>State dictionaries written by PyTorch 2.6 (Reference/torch/generate.py), and hostile ones.</summary>
public sealed class TorchWeightsTests
{
    [Theory]
    [InlineData("cnn.pth"), InlineData("cnn_old.pth"), InlineData("checkpoint.pt"), InlineData("parallel.pth")]
    public void A_network_of_images_predicts_in_layers_as_in_PyTorch(string file)
    {
        using Model model = Images();
        model.LoadTorchWeights(Of(file));

        Near("cnn", model.Predict(Array("cnn.x.npy"), verbose: 0));
        Assert.Empty(model.LoadWarnings);
    }

    [Fact]
    public void A_mapping_says_which_module_is_for_which_layer()
    {
        using Model model = Images();
        Dictionary<string, string> mapping = new()
        {
            ["fc2"] = "dense_1",
            ["conv1"] = "conv2d",
            ["bn1"] = "batch_normalization",
            ["dw"] = "depthwise_conv2d",
            ["up"] = "conv2d_transpose",
            ["fc1"] = "dense",
            ["ln"] = "layer_normalization",
        };

        model.LoadTorchWeights(Of("cnn.pth"), mapping);

        Near("cnn", model.Predict(Array("cnn.x.npy"), verbose: 0));
        mapping["fc3"] = "dense";
        Assert.Contains("no module 'fc3'. Did you mean 'fc",
            Assert.Throws<ArgumentException>(() => model.LoadTorchWeights(Of("cnn.pth"), mapping)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_sequences_predicts_in_layers_as_in_PyTorch()
    {
        using var model = new Sequential([
            new Input([5]), new Embedding(7, 4), new LSTM(3, returnSequences: true), new LSTM(3, returnSequences: true),
            new Bidirectional(new GRU(4, returnSequences: true)), new SimpleRNN(3), new Dense(2)]);

        model.LoadWeights(Of("rnn.pth"));

        Near("rnn", model.Predict(Array("rnn.x.npy"), verbose: 0));
    }

    [Fact]
    public void A_TorchSharp_module_takes_tensors_by_their_names()
    {
        using var module = new Fully();
        using TorchModel model = Model.From(module);
        using var folder = new TemporaryFolder();
        using Model layers = Images();

        // Its two layers have the names and sizes of two of the file's modules.
        model.LoadTorchWeights(Of("cnn.pth"), skipMismatch: true);

        Assert.NotEmpty(model.LoadWarnings);
        layers.LoadTorchWeights(Of("cnn.pth"));
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = layers.Layers.OfType<Dense>().Last().Weights[0].Value.transpose(0, 1);
        Assert.True(module.fc2.weight!.eq(expected).all().item<bool>());
    }

    [Theory]
    [InlineData("kinds.pt"), InlineData("kinds_old.pt")]
    public void Tensors_of_all_types_views_and_sizes_are_read(string file)
    {
        using NamedWeights read = TorchFile.Read(Of(file));
        JsonElement expected = JsonDocument.Parse(File.ReadAllText(Of("kinds.json"))).RootElement;

        Assert.Equal(expected.EnumerateObject().Select(p => p.Name), read.Weights.Select(w => w.Name));
        foreach (WeightData weight in read.Weights)
        {
            JsonElement recorded = expected.GetProperty(weight.Name);
            Assert.Equal(recorded.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()), weight.Shape);
            Assert.Equal(recorded.GetProperty("data").EnumerateArray().Select(n => n.GetSingle()), weight.ToSingles());
        }
    }

    [Theory]
    [InlineData("evil.pth", "posix.system"), InlineData("evil_old.pth", "posix.system"),
        InlineData("whole_module.pth", "torch.save(model.state_dict(), path)")]
    public void Objects_that_are_not_data_are_refused_by_name_and_never_executed(string file, string named)
    {
        using Model model = Images();

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => model.LoadTorchWeights(Of(file)));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.False(File.Exists("evil"));
    }

    [Fact]
    public void Modules_that_do_not_fit_are_named_and_nothing_is_changed()
    {
        using var model = new Sequential([new Input([5]), new Dense(3), new Dense(2)], seed: 1);
        NDArray[] before = model.GetWeights();
        Assert.Contains("7 modules ('conv1', 'bn1'",
            Assert.Throws<ModelFormatException>(() => model.LoadTorchWeights(Of("cnn.pth"))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "the mapping has no layer for this module",
            Assert.Throws<ModelFormatException>(() =>
                model.LoadTorchWeights(Of("cnn.pth"), new Dictionary<string, string> { ["fc2"] = "dense" })).Message,
            StringComparison.Ordinal);
        Assert.Equal(before.Select(w => w.ToArray()), model.GetWeights().Select(w => w.ToArray()));
        Assert.Throws<ArgumentException>(() => model.SaveWeights("x.pth"));
        Assert.Contains("contains only weights", Assert.Throws<ModelFormatException>(() => Model.Load(Of("cnn.pth"))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cnn.pth", 1), InlineData("cnn_old.pth", 2), InlineData("kinds.pt", 3), InlineData("kinds_old.pt", 4),
        InlineData("checkpoint.pt", 5)]
    public void Damaged_files_end_in_one_exception(string file, int seed)
    {
        byte[] original = File.ReadAllBytes(Of(file));
        var random = new Random(seed);
        for (int i = 0; i < 600; i++)
        {
            byte[] damaged = [.. original];
            for (int k = random.Next(1, 6); k > 0; k--)
            {
                damaged[random.Next(Math.Min(damaged.Length, 3000))] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }

            try
            {
                using NamedWeights read = TorchFile.Read(WeightSource.Of(new MemoryStream(damaged), "m.pth"), FileLimits.Default);
                Assert.All(read.Weights, weight => Assert.True(weight.ByteCount < 1_000_000));
            }
            catch (ModelFormatException)
            {
            }
        }
    }

    [Fact]
    public void A_small_file_cannot_request_much_memory()
    {
        // A tensor of 2^40 numbers that repeats one; a list that contains itself; a key without a value; a missing memo.
        foreach (byte[] pickle in new byte[][]
        {
            [0x80, 2, (byte)'h', 7, (byte)'.'], [0x80, 2, (byte)'}', (byte)'(', (byte)'N', (byte)'u', (byte)'.'],
            [(byte)'(', (byte)'(', (byte)'.'], [(byte)'R', (byte)'.'],
            [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [.. Enumerable.Repeat((byte)'(', 100)],
        })
        {
            Assert.Throws<ModelFormatException>(() => new PickleReader(pickle, "m.pth", FileLimits.Default).Read());
        }

        var huge = new PickleDictionary();
        huge.Entries.Add(
            ("w", new TorchTensor(new TorchStorage(WeightType.Float32, "0", 1), WeightType.Float32, 0, [1L << 20, 1L << 20], [0, 0])));
        Assert.Throws<ModelFormatException>(() =>
            new TorchWeights("m.pth", FileLimits.Default, _ => throw new InvalidOperationException()).Of(huge));
    }

    private static Sequential Images() => new([
        new Input([4, 3, 2]), new Conv2D(3, 3, padding: "same"), new BatchNormalization(epsilon: 1e-5), new Activation("relu"),
        new DepthwiseConv2D(3, padding: "same", depthMultiplier: 2), new Conv2DTranspose(4, 2, strides: 2), new Flatten(), new Dense(5),
        new Activation("tanh"),
        new LayerNormalization(epsilon: 1e-5), new Dense(2, useBias: false)]);

    private static string Of(string file) => Path.Combine(ReferenceFile.Own, "torch", file);

    private static NDArray Array(string file) => ReferenceRun.ToNDArray(NpyFile.Read(Of(file)));

    private static void Near(string name, NDArray y)
    {
        NDArray expected = Array($"{name}.y.npy");
        Assert.Equal(expected.Shape, y.Shape);
        Tolerance.Near(expected.ToArray(), y.ToArray(), Tolerance.Prediction, name);
    }

    private sealed class Fully : nn.Module<Tensor, Tensor>
    {
        public Fully()
            : base("fully") => RegisterComponents();

        public readonly TorchSharp.Modules.Linear fc2 = nn.Linear(5, 2, hasBias: false);

        public override Tensor forward(Tensor input) => fc2.call(input);
    }
}
