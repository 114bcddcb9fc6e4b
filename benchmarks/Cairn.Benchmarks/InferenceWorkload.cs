using Cairn.Layers;

namespace Cairn.Benchmarks;

/// <summary>A network for <see cref="InferenceComparison"/>: as a Cairn model, and as an ONNX file with the same weights.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Name">The name in the table.</param>
/// <param name="Sample">Shape of a sample.</param>
/// <param name="Create">Creates the layers.</param>
internal sealed record InferenceWorkload(string Key, string Name, long[] Sample, Func<Layer[]> Create)
{
    private const int Classes = 10;

    /// <summary>Whether it has convolutions.</summary>
    public bool IsConvolutional => Sample.Length > 1;

    public static IReadOnlyList<InferenceWorkload> All { get; } =
    [
        new("mlp", "MLP 784-128-10", [784],
            () => [new Dense(128, activation: "relu"), new Dropout(0.2), new Dense(Classes, activation: "softmax")]),
        new("deep", "MLP 784-512-512-10", [784],
            () => [new Dense(512, activation: "relu"), new Dense(512, activation: "tanh"), new Dense(Classes, activation: "softmax")]),
        new("table", "MLP 30-64-32-1", [30],
            () => [new Dense(64, activation: "relu"), new Dense(32, activation: "relu"), new Dense(1, activation: "sigmoid")]),
        new("cnn", "CNN 28×28", [28, 28, 1],
            () => [new Conv2D(32, 3, activation: "relu"), new MaxPooling2D(2), new Conv2D(64, 3, activation: "relu"), new MaxPooling2D(2),
                new Flatten(), new Dense(Classes, activation: "softmax")]),
    ];

    /// <summary>The network of a key, or null.</summary>
    public static InferenceWorkload? Named(string key) => All.FirstOrDefault(workload => workload.Key == key);

    /// <summary>The Cairn model; its weights follow from a fixed seed.</summary>
    public Sequential Model()
    {
        var model = new Sequential([new Input([.. Sample]), .. Create()], seed: 1);
        model.Build([Shape.None, .. Sample]);
        return model;
    }

    /// <summary>Samples from 0 to 1.</summary>
    public float[] Samples(int count)
    {
        var random = new Random(1);
        float[] numbers = new float[count * Sample.Aggregate(1L, (a, b) => a * b)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = random.NextSingle();
        }

        return numbers;
    }

    /// <summary>Writes the model as an ONNX file.</summary>
    public void SaveOnnx(Sequential model, string path)
    {
        var file = new OnnxFile();
        if (IsConvolutional)
        {
            // One channel: channels last and channels first are the same.
            file.Add("Reshape", [file.Weight(-1, Sample[2], Sample[0], Sample[1])]);
        }

        foreach (Layer layer in model.Layers)
        {
            float[][] weights = [.. layer.GetWeights().Select(weight => weight.ToArray())];
            switch (layer)
            {
                case Dense:
                    file.Add("Gemm", [file.Weight(weights[0], [.. layer.Weights[0].Shape]), file.Weight(weights[1], weights[1].Length)]);
                    break;
                case Conv2D:
                    (float[] kernel, long[] shape) = ChannelsFirst(weights[0], layer.Weights[0].Shape);
                    file.Add("Conv", [file.Weight(kernel, shape), file.Weight(weights[1], weights[1].Length)]);
                    break;
                case MaxPooling2D:
                    file.Add("MaxPool", null, ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }));
                    break;
                case Flatten:
                    file.Add("Transpose", null, ("perm", new long[] { 0, 2, 3, 1 }));
                    file.Add("Flatten");
                    break;
            }

            if (layer is Dense or Conv2D)
            {
                string activation = (string)layer.GetConfig()["activation"]!;
                file.Add(char.ToUpperInvariant(activation[0]) + activation[1..]);
            }
        }

        file.Save(path, Sample, (int)model.OutputShape![^1]);
    }

    // Keras' [height, width, inputs, outputs] becomes [outputs, inputs, height, width].
    private static (float[] Kernel, long[] Shape) ChannelsFirst(float[] numbers, Shape shape)
    {
        (long height, long width, long inputs, long outputs) = (shape[0], shape[1], shape[2], shape[3]);
        float[] moved = new float[numbers.Length];
        long next = 0;
        for (long o = 0; o < outputs; o++)
        {
            for (long i = 0; i < inputs; i++)
            {
                for (long at = 0; at < height * width; at++)
                {
                    moved[next++] = numbers[(((at * inputs) + i) * outputs) + o];
                }
            }
        }

        return (moved, [outputs, inputs, height, width]);
    }
}
