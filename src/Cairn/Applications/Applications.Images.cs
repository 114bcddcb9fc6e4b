using System.Text.Json.Nodes;
using Cairn.Layers;
using Cairn.Saving;

namespace Cairn;

public static partial class Applications
{
    private static readonly float[] CaffeMean = [103.939f, 116.779f, 123.68f];
    private static readonly float[] TorchMean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] TorchDeviation = [0.229f, 0.224f, 0.225f];

    // The mode of Keras' preprocess_input for each function and module; "none" if the model itself scales its inputs.
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

    /// <summary>
    /// Scales images with pixel values from 0 to 255 as the model was trained. Keras: <c>applications.….preprocess_input</c>.
    /// </summary>
    /// <param name="x">Images in RGB, <c>[height, width, 3]</c> or <c>[batch, height, width, 3]</c>. They are not changed.</param>
    /// <param name="model">
    /// The function that creates the model, such as <c>nameof(Applications.ResNet50)</c>; a Keras module, such as <c>"resnet_v2"</c>; or a
    /// mode: <c>"tf"</c> scales to -1 to 1, <c>"caffe"</c> (Keras' default) converts to BGR and subtracts the means of ImageNet,
    /// <c>"torch"</c> scales to 0 to 1 and normalizes by mean and standard deviation of ImageNet. Case is ignored. Images for EfficientNet,
    /// ConvNeXt and MobileNetV3 are not changed, since these models scale their inputs.
    /// </param>
    /// <param name="dataFormat">Position of the channels axis; last by default.</param>
    /// <returns>The images as float32.</returns>
    /// <exception cref="ArgumentException">The model is unknown, or the images do not have 3 channels.</exception>
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

    /// <summary>
    /// Scales images with pixel values from 0 to 255 in a graph, before the model. Keras: <c>applications.….preprocess_input</c>.
    /// </summary>
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
    /// <param name="predictions">The predictions of a model with its top, <c>[batch, classes]</c>.</param>
    /// <param name="classIndex">
    /// A local file with the classes in Keras' format: JSON such as <c>{"0": ["n01440764", "tench"], …}</c>, one entry per class. Keras'
    /// file for ImageNet is <c>imagenet_class_index.json</c>; nothing is downloaded.
    /// </param>
    /// <param name="top">
    /// Number of classes to return per image, 1 or more; 5 by default. Limited to the number of classes of the model.
    /// </param>
    /// <returns>The classes of each image, most probable first.</returns>
    /// <exception cref="ArgumentException">
    /// The predictions have the wrong shape, or the number of their classes differs from the file.
    /// </exception>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format.</exception>
    public static IReadOnlyList<IReadOnlyList<ClassPrediction>> DecodePredictions(NDArray predictions, string classIndex, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentException.ThrowIfNullOrEmpty(classIndex);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (predictions.Shape.Rank != 2)
        {
            throw new ArgumentException($"predictions must have the shape (batch, classes); got {predictions.Shape}.", nameof(predictions));
        }

        (string Id, string Label)[] classes = ReadClasses(classIndex);
        int count = (int)predictions.Shape[1];
        if (count != classes.Length)
        {
            throw new ArgumentException($"predictions have {count} classes, but '{classIndex}' has {classes.Length}.", nameof(predictions));
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
                $"x must be images with 3 channels, {(last ? "(…, height, width, 3)" : "(…, 3, height, width)")}; got {shape}.", "x");
    }

    private static (string Id, string Label)[] ReadClasses(string path)
    {
        FileLimits limits = FileLimits.Current;
        long length = new FileInfo(path) is { Exists: true } file
            ? file.Length
            : throw new FileNotFoundException($"The class index file '{path}' does not exist.", path);
        if (length > limits.MaximumJsonBytes)
        {
            throw new ModelFormatException(
                $"the class index has {length} bytes; at most {limits.MaximumJsonBytes} are allowed.", path);
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
