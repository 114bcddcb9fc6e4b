using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn;

public static partial class Applications
{
    private static readonly float[] CaffeMean = [103.939f, 116.779f, 123.68f];
    private static readonly float[] TorchMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] TorchDeviation = [0.229f, 0.224f, 0.225f];

    // How Keras' preprocess_input of each function and module scales; "none" where the model does so itself.
    private static readonly Dictionary<string, string> Modes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["caffe"] = "caffe",
        ["tf"] = "tf",
        ["torch"] = "torch",
        ["mobilenet"] = "tf",
        ["mobilenet_v2"] = "tf",
        ["mobilenetv2"] = "tf",
        ["mobilenet_v3"] = "none",
        ["mobilenetv3small"] = "none",
        ["mobilenetv3large"] = "none",
        ["resnet"] = "caffe",
        ["resnet50"] = "caffe",
        ["resnet101"] = "caffe",
        ["resnet152"] = "caffe",
        ["resnet_v2"] = "tf",
        ["resnet50v2"] = "tf",
        ["resnet101v2"] = "tf",
        ["resnet152v2"] = "tf",
        ["vgg16"] = "caffe",
        ["vgg19"] = "caffe",
        ["inception_v3"] = "tf",
        ["inceptionv3"] = "tf",
        ["inception_resnet_v2"] = "tf",
        ["inceptionresnetv2"] = "tf",
        ["xception"] = "tf",
        ["densenet"] = "torch",
        ["densenet121"] = "torch",
        ["densenet169"] = "torch",
        ["densenet201"] = "torch",
        ["nasnet"] = "tf",
        ["nasnetmobile"] = "tf",
        ["nasnetlarge"] = "tf",
        ["efficientnet"] = "none",
        ["efficientnetb0"] = "none",
        ["efficientnetb1"] = "none",
        ["efficientnetb2"] = "none",
        ["efficientnetb3"] = "none",
        ["efficientnetb4"] = "none",
        ["efficientnetb5"] = "none",
        ["efficientnetb6"] = "none",
        ["efficientnetb7"] = "none",
        ["efficientnet_v2"] = "none",
        ["efficientnetv2b0"] = "none",
        ["efficientnetv2b1"] = "none",
        ["efficientnetv2b2"] = "none",
        ["efficientnetv2b3"] = "none",
        ["efficientnetv2s"] = "none",
        ["efficientnetv2m"] = "none",
        ["efficientnetv2l"] = "none",
        ["convnext"] = "none",
        ["convnexttiny"] = "none",
        ["convnextsmall"] = "none",
        ["convnextbase"] = "none",
        ["convnextlarge"] = "none",
        ["convnextxlarge"] = "none",
    };

    /// <summary>Scales images of 0 to 255 as a family was trained with. Keras: <c>applications.….preprocess_input</c>.</summary>
    /// <param name="x">Images in RGB, <c>[height, width, 3]</c> or <c>[batch, height, width, 3]</c>. They are left as they are.</param>
    /// <param name="model">
    /// The function that makes the model, such as <c>nameof(Applications.ResNet50)</c>, or Keras' module, such as <c>"resnet_v2"</c>; or
    /// how: <c>"tf"</c> scales to -1 to 1, <c>"caffe"</c> (Keras' default) takes BGR less the means of ImageNet, <c>"torch"</c> scales to 0
    /// to 1 and normalizes by ImageNet. Upper and lower case don't matter. EfficientNet, ConvNeXt and MobileNetV3 scale by themselves:
    /// their images stay.
    /// </param>
    /// <param name="dataFormat">Where the channels are; last by default.</param>
    /// <returns>The images as float32.</returns>
    /// <exception cref="ArgumentException">The model is unknown, or these are no images of 3 channels.</exception>
    public static NDArray PreprocessInput(NDArray x, string model = "caffe", DataFormat dataFormat = DataFormat.ChannelsLast)
    {
        ArgumentNullException.ThrowIfNull(x);
        string mode = ModeOf(model);
        float[] numbers = x.ToArray();
        int channelAxis = ChannelAxis(x.Shape, dataFormat);
        long inner = x.Shape[(channelAxis + 1)..].ElementCount;
        if (mode == "none")
        {
            return NDArray.From(numbers, x.Shape);
        }

        float[] scaled = new float[numbers.Length];
        for (long i = 0; i < numbers.Length; i++)
        {
            int channel = (int)(i / inner % 3);
            scaled[i] = mode switch
            {
                "tf" => (numbers[i] / 127.5f) - 1,
                "torch" => ((numbers[i] / 255f) - TorchMean[channel]) / TorchDeviation[channel],
                _ => numbers[i + ((2 - (2 * channel)) * inner)] - CaffeMean[channel], // BGR
            };
        }

        return NDArray.From(scaled, x.Shape);
    }

    /// <summary>Scales images of 0 to 255 within a graph, before the model. Keras: <c>applications.….preprocess_input</c>.</summary>
    /// <inheritdoc cref="PreprocessInput(NDArray, string, DataFormat)"/>
    /// <returns>The tensor of the scaled images.</returns>
    public static KerasTensor PreprocessInput(KerasTensor x, string model = "caffe", DataFormat dataFormat = DataFormat.ChannelsLast)
    {
        ArgumentNullException.ThrowIfNull(x);
        int axis = ChannelAxis(x.Shape, dataFormat);
        switch (ModeOf(model))
        {
            case "none":
                return x;
            case "tf":
                return (x / 127.5) - 1.0;
            case "torch":
                return ((x / 255.0) + Along(Array.ConvertAll(TorchMean, m => -m))) / Along(TorchDeviation);
            default:
                KerasTensor reversed = Ops.Flip(x, axis);
                return reversed + Along(Array.ConvertAll(CaffeMean, m => -m));
        }

        TensorLike Along(float[] values)
        {
            long[] shape = new long[x.Shape.Rank];
            Array.Fill(shape, 1);
            shape[axis] = 3;
            return NDArray.From(values, shape);
        }
    }

    /// <summary>The most probable classes of each image. Keras: <c>applications.….decode_predictions</c>.</summary>
    /// <param name="predictions">What a model with its top gave, <c>[batch, classes]</c>.</param>
    /// <param name="classIndex">
    /// A local file with the classes as Keras has them: JSON such as <c>{"0": ["n01440764", "tench"], …}</c>, one entry for each class.
    /// Keras' own is <c>imagenet_class_index.json</c>; nothing is downloaded.
    /// </param>
    /// <param name="top">How many classes to give for each image, 1 or more; 5 by default. There are never more than the model has.</param>
    /// <returns>For each image its classes, the most probable first.</returns>
    /// <exception cref="ArgumentException">The predictions have another shape, or another number of classes than the file.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ModelFormatException">The file holds something else.</exception>
    public static IReadOnlyList<IReadOnlyList<ClassPrediction>> DecodePredictions(NDArray predictions, string classIndex, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentException.ThrowIfNullOrEmpty(classIndex);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (predictions.Shape.Rank != 2)
        {
            throw new ArgumentException($"predictions have the shape (batch, classes); got {predictions.Shape}.", nameof(predictions));
        }

        (string Id, string Label)[] classes = ReadClasses(classIndex);
        int count = (int)predictions.Shape[1];
        if (count != classes.Length)
        {
            throw new ArgumentException($"predictions hold {count} classes, '{classIndex}' holds {classes.Length}.", nameof(predictions));
        }

        float[] scores = predictions.ToArray();
        return
        [
            .. Enumerable.Range(0, (int)predictions.Shape[0]).Select(row => (IReadOnlyList<ClassPrediction>)
            [
                .. Enumerable.Range(0, count).OrderByDescending(i => scores[(row * count) + i]).Take(top)
                    .Select(i => new ClassPrediction(classes[i].Id, classes[i].Label, scores[(row * count) + i])),
            ]),
        ];
    }

    private static string ModeOf(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Modes.TryGetValue(model, out string? mode)
            ? mode
            : throw new ArgumentException(
                $"There is no model '{model}' in keras.applications. {NearestName.Hint(model, Modes.Keys)}", nameof(model));
    }

    private static int ChannelAxis(Shape shape, DataFormat dataFormat)
    {
        bool last = dataFormat == DataFormat.ChannelsLast;
        int axis = last ? shape.Rank - 1 : shape.Rank - 3;
        return shape.Rank is 3 or 4 && shape[axis] == 3
            ? axis
            : throw new ArgumentException(
                $"x are images of 3 channels, {(last ? "(…, height, width, 3)" : "(…, 3, height, width)")}; got {shape}.", "x");
    }

    private static (string Id, string Label)[] ReadClasses(string path)
    {
        FileLimits limits = FileLimits.Current;
        long length = new FileInfo(path) is { Exists: true } file
            ? file.Length
            : throw new FileNotFoundException($"There is no file of classes '{path}'.", path);
        if (length > limits.MaximumJsonBytes)
        {
            throw new ModelFormatException(
                $"the list of classes is of {length} bytes, and at most {limits.MaximumJsonBytes} are read.", path);
        }

        JsonObject json = ModelJson.ParseObject(File.ReadAllBytes(path), path, null);
        var classes = new (string Id, string Label)[json.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = json[i.ToString(System.Globalization.CultureInfo.InvariantCulture)] is JsonArray { Count: 2 } pair
                && pair[0] is JsonValue id && id.TryGetValue(out string? identifier)
                && pair[1] is JsonValue label && label.TryGetValue(out string? text)
                ? (identifier, text)
                : throw new ModelFormatException(
                    "expected an identifier and a label, such as [\"n01440764\", \"tench\"].", path, $"\"{i}\"");
        }

        return classes;
    }
}
