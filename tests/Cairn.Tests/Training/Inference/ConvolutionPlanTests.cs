using Cairn.Layers;
using Cairn.Native;
using Cairn.Tests.Native;
using static TorchSharp.torch;

namespace Cairn.Tests.Training.Inference;

/// <summary>Plans of models with convolutions and pooling.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ConvolutionPlanTests : IDisposable
{
    private static readonly int[] Widths = [1, 5, 16, 20, 32, 64, 70];

    private readonly int before = get_num_threads();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 40)];

    public void Dispose() => set_num_threads(before);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_random_model_gives_what_its_layers_give_and_a_sample_has_the_same_bits_in_every_batch(int seed)
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        var random = new Random(seed);
        using Sequential model = Random(random, 1 + (seed % 3));
        model.Build(model.Inputs.Select(input => input.Shape));
        Assert.NotNull(model.InferencePlan);
        int size = (int)model.InputShape![1..].ElementCount;
        NDArray all = Samples(random, model, 40);
        float[] planned = model.Predict(all, verbose: 0).ToArray();
        int length = planned.Length / 40;
        Model.isPlanningOff = true;
        float[] expected = model.Predict(all, verbose: 0).ToArray();
        Model.isPlanningOff = false;
        for (int i = 0; i < planned.Length; i++)
        {
            Assert.Equal(expected[i], planned[i], 1e-4f * (1 + Math.Abs(expected[i])));
        }

        for (int threads = 1; threads <= 3; threads++)
        {
            set_num_threads(threads);
            foreach (int rows in (int[])[1, 3, 17, 40])
            {
                var some = NDArray.From(all.ToArray()[..(rows * size)], model.InputShape[1..].WithBatch(rows));
                Assert.Equal(planned[..(rows * length)], model.PredictOnBatch(some).ToArray());
            }
        }
    }

    [Fact]
    public void A_changed_kernel_is_seen_and_an_adapted_layer_has_no_plan()
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        using Sequential model = [new Input([6, 6, 2]), new Conv2D(4, 3, activation: "relu"), new GlobalAveragePooling2D()];
        model.Build(model.Inputs.Select(input => input.Shape));
        NDArray x = Samples(new Random(1), model, 3);
        float[] first = model.PredictOnBatch(x).ToArray();
        model.SetWeights([.. model.GetWeights().Select(w => NDArray.From(Array.ConvertAll(w.ToArray(), v => v * 2), w.Shape))]);
        Assert.NotNull(model.InferencePlan);
        Assert.Equal([.. first.Select(y => 2 * y)], model.PredictOnBatch(x).ToArray());
        ((Conv2D)model.Layers[0]).EnableLora(2);
        Assert.Null(model.InferencePlan);
    }

    [Fact]
    public void NaN_is_the_greatest_and_padding_takes_no_part()
    {
        Assert.SkipUnless(PanelProduct.IsSupported, "The processor lacks the instructions.");
        using Sequential maximum = [new Input([3, 1]), new MaxPooling1D(2, padding: "same")];
        using Sequential mean = [new Input([3, 1]), new AveragePooling1D(2, padding: "same")];
        float[,,] x = new float[,,] { { { float.NaN }, { 1 }, { -3 } }, { { 2 }, { float.NaN }, { -5 } } };
        Assert.Equal([float.NaN, -3, float.NaN, -5], maximum.PredictOnBatch(x).ToArray());
        Assert.Equal([float.NaN, -3, float.NaN, -5], mean.PredictOnBatch(x).ToArray());
        Assert.NotNull(maximum.InferencePlan);
        Assert.NotNull(mean.InferencePlan);
    }

    private static NDArray Samples(Random random, Model model, int count)
    {
        Shape shape = model.InputShape![1..].WithBatch(count);
        float[] numbers = [.. Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (random.NextSingle() * 2) - 1)];
        return NDArray.From(numbers, shape);
    }

    private static Sequential Random(Random random, int rank)
    {
        long[] lengths = [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(6, 12))];
        var model = new Sequential(seed: random.Next()) { new Input([.. lengths, random.Next(1, 5)]) };
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int filters = Widths[random.Next(Widths.Length)];
            string activation = random.Next(3) switch { 0 => "relu", 1 => "tanh", _ => "linear" };
            bool useBias = random.Next(3) > 0;
            (int window, int stride) = (random.Next(1, 4), random.Next(1, 3));
            model.Add((rank, random.Next(4)) switch
            {
                (1, 0) => new Conv1DTranspose(filters, window, stride, "same", activation: activation, useBias: useBias),
                (2, 0) => new Conv2DTranspose(filters, window, stride, "same", activation: activation, useBias: useBias),
                (3, 0) => new Conv3DTranspose(filters, window, stride, "same", activation: activation, useBias: useBias),
                (1, _) => new Conv1D(filters, window, stride, "causal", activation: activation, useBias: useBias),
                (2, _) => new Conv2D(filters, window, stride, "same", activation: activation, useBias: useBias),
                _ => new Conv3D(filters, window, stride, "same", activation: activation, useBias: useBias),
            });
            model.Add((rank, random.Next(5)) switch
            {
                (1, 0) => new MaxPooling1D(2, padding: "same"),
                (2, 0) => new MaxPooling2D(3, 2, padding: "same"),
                (3, 0) => new MaxPooling3D(2, padding: "same"),
                (1, 1) => new AveragePooling1D(3, 1, padding: "same"),
                (2, 1) => new AveragePooling2D(2, padding: "same"),
                (3, 1) => new AveragePooling3D(2, padding: "same"),
                (_, 2) => new BatchNormalization(),
                _ => new ReLU(),
            });
        }

        model.Add((rank, random.Next(3)) switch
        {
            (1, 0) => new GlobalAveragePooling1D(),
            (2, 0) => new GlobalAveragePooling2D(),
            (3, 0) => new GlobalAveragePooling3D(),
            (1, 1) => new GlobalMaxPooling1D(),
            (2, 1) => new GlobalMaxPooling2D(),
            (3, 1) => new GlobalMaxPooling3D(),
            _ => new Flatten(),
        });
        model.Add(new Dense(10, activation: "softmax"));
        return model;
    }
}
