using Cairn.Data;
using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Tests.Data;

/// <summary>Images of bytes, and other narrow whole numbers, stay what they are in memory; a batch has them as floats.</summary>
public sealed class ByteImageTests
{
    private static readonly byte[,,,] Images = Make();
    private static readonly float[,,,] Floats = Wide();
    private static readonly NDArray Labels = NDArray.From((Array)Enumerable.Range(0, 12).Select(i => (byte)(i % 3)).ToArray(), [12]);

    private static BatchLayout Layout => new(["x"], ["y"], [ScalarType.Float32], [ScalarType.Int64], CPU);

    [Fact]
    public void The_data_hold_bytes_and_batches_hold_floats()
    {
        using TensorDataset data = new ArrayArguments().Load((NDArray)Images, Labels, null, Layout, 5);
        Assert.Equal(ScalarType.Byte, data.Inputs[0].dtype);
        Assert.Equal(ScalarType.Byte, data.Targets[0].dtype);
        foreach (ulong? order in new ulong?[] { null, 3 })
        {
            data.BeginPass(order is { } seed ? new Cairn.Training.RandomStream(seed, Cairn.Training.RandomPurpose.Shuffling, 0) : null);
            while (data.MoveNext())
            {
                using TorchSharp.DisposeScope scope = NewDisposeScope();
                Assert.Equal((ScalarType.Float32, ScalarType.Int64), (data.Current.X.dtype, data.Current.Y!.dtype));
            }
        }

        (TensorDataset head, TensorDataset tail) = new ArrayArguments().Load((NDArray)Images, Labels, null, Layout, 5).SplitAt(8, 2);
        using (head)
        using (tail)
        {
            tail.BeginPass(null);
            tail.MoveNext();
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            Assert.Equal((ScalarType.Byte, ScalarType.Float32), (tail.Inputs[0].dtype, tail.Current.X.dtype));
            Assert.Equal((float)Images[8, 0, 1, 0], tail.Current.X[0, 0, 1, 0].item<float>());
        }
    }

    [Theory]
    [InlineData("byte[,,,]")]
    [InlineData("flat bytes with a shape")]
    [InlineData("tensor of uint8")]
    [InlineData("short[,,,]")]
    [InlineData("sbyte[,,,]")]
    public void A_model_trains_measures_and_predicts_with_them_as_with_floats(string kind)
    {
        using Tensor tensor = from_array(Images);
        NDArray x = kind switch
        {
            "byte[,,,]" => Images,
            "flat bytes with a shape" => NDArray.From((Array)Images.Cast<byte>().ToArray(), [12, 4, 4, 1]),
            "tensor of uint8" => tensor,
            "short[,,,]" => NDArray.From((Array)Images.Cast<byte>().Select(b => (short)b).ToArray(), [12, 4, 4, 1]),
            _ => NDArray.From((Array)Images.Cast<byte>().Select(b => (sbyte)b).ToArray(), [12, 4, 4, 1]),
        };
        using Sequential bytes = Trained(x);
        using Sequential floats = Trained(Floats);
        Assert.Equal(floats.GetWeights().SelectMany(w => w.ToArray()), bytes.GetWeights().SelectMany(w => w.ToArray()));
        Assert.Equal(floats.Predict(Floats, verbose: 0).ToArray(), bytes.Predict(x, verbose: 0).ToArray());
        Assert.Equal(floats.Evaluate(Floats, Labels, verbose: 0), bytes.Evaluate(x, Labels, verbose: 0));
    }

    [Fact]
    public void Rank_three_masks_as_targets_and_class_weights_do_too()
    {
        byte[,,] image = new byte[6, 4, 3];
        byte[,,] mask = new byte[6, 4, 1];
        for (int i = 0; i < 6; i++)
        {
            for (int j = 0; j < 4; j++)
            {
                (image[i, j, 0], image[i, j, 2], mask[i, j, 0]) = ((byte)(10 * i), (byte)j, (byte)((i + j) % 2));
            }
        }

        double Loss(NDArray x, NDArray y)
        {
            using var model = new Sequential([new Input([4, 3]), new Rescaling(1 / 255.0), new Dense(2)], seed: 1);
            model.Compile("sgd", new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true));
            return model.Fit(x, y, epochs: 2, shuffle: false, verbose: 0)["loss"][^1];
        }

        double expected = Loss(NDArray.From([.. image.Cast<byte>().Select(b => (float)b)], [6, 4, 3]),
            NDArray.From((Array)mask.Cast<byte>().Select(b => (long)b).ToArray(), [6, 4, 1]));
        Assert.Equal(expected, Loss(image, mask));
        using Sequential weighted = Trained(Images, new Dictionary<int, double> { [0] = 2, [1] = 0.5, [2] = 1 });
        using Sequential wide = Trained(Floats, new Dictionary<int, double> { [0] = 2, [1] = 0.5, [2] = 1 });
        Assert.Equal(wide.GetWeights().SelectMany(w => w.ToArray()), weighted.GetWeights().SelectMany(w => w.ToArray()));
    }

    [Fact]
    public void A_label_of_bytes_that_no_class_has_is_named_with_its_sample()
    {
        byte[] labels = new byte[12];
        labels[7] = 3;
        using Sequential model = New();
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Fit(Images, labels, verbose: 0));
        Assert.Contains("the class 3 in sample 7", error.Message);
    }

    private static Sequential New()
    {
        var model = new Sequential([new Input([4, 4, 1]), new Rescaling(1 / 255.0), new Flatten(), new Dense(3)], seed: 1);
        model.Compile("adam", new Cairn.Losses.SparseCategoricalCrossentropy(fromLogits: true), ["accuracy"]);
        return model;
    }

    private static Sequential Trained(NDArray x, IReadOnlyDictionary<int, double>? classWeight = null)
    {
        Sequential model = New();
        model.Fit(x, Labels, batchSize: 5, epochs: 2, verbose: 0, validationSplit: 0.25, classWeight: classWeight, seed: 4);
        return model;
    }

    private static byte[,,,] Make()
    {
        byte[,,,] images = new byte[12, 4, 4, 1];
        for (int i = 0; i < images.Length; i++)
        {
            images[i / 16, i / 4 % 4, i % 4, 0] = (byte)(i * 37 % 127);
        }

        return images;
    }

    private static float[,,,] Wide()
    {
        float[,,,] wide = new float[12, 4, 4, 1];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i / 16, i / 4 % 4, i % 4, 0] = Images[i / 16, i / 4 % 4, i % 4, 0];
        }

        return wide;
    }
}
