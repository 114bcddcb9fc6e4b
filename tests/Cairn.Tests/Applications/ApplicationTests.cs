using Cairn.Layers;
using Cairn.Saving;
using Cairn.Tests.Saving;

namespace Cairn.Tests;

public sealed class ApplicationTests
{
    // Keras 3.16: preprocess_input(np.array([[[0, 100, 255]]], "float32")) of each module.
    [Theory]
    [InlineData("tf", -1f, -0.21568626f, 1f)]
    [InlineData("ResNet50V2", -1f, -0.21568626f, 1f)]
    [InlineData("caffe", 151.061f, -16.779f, -123.68f)]
    [InlineData("vgg19", 151.061f, -16.779f, -123.68f)]
    [InlineData("torch", -2.117904f, -0.28501397f, 2.64f)]
    [InlineData("densenet", -2.117904f, -0.28501397f, 2.64f)]
    [InlineData("EfficientNetB3", 0f, 100f, 255f)]
    public void PreprocessInput_scales_as_the_family_does_in_Keras(string model, float red, float green, float blue)
    {
        float[] expected = [red, green, blue];
        NDArray image = new float[,,] { { { 0, 100, 255 } } };
        NDArray channelsFirst = new float[,,] { { { 0 } }, { { 100 } }, { { 255 } } };

        Assert.All(Applications.PreprocessInput(image, model).ToArray(), (value, i) => Assert.Equal(expected[i], value, 1e-4f));
        Assert.All(
            Applications.PreprocessInput(channelsFirst, model, DataFormat.ChannelsFirst).ToArray(),
            (value, i) => Assert.Equal(expected[i], value, 1e-4f));
        var input = new Input([1, 1, 3]);
        using var graph = new Functional(input, new Identity().Apply(Applications.PreprocessInput((KerasTensor)input, model)));
        NDArray batch = new float[,,,] { { { { 0, 100, 255 } } } };
        Assert.All(graph.Predict(batch, verbose: 0).ToArray(), (value, i) => Assert.Equal(expected[i], value, 1e-4f));
    }

    [Fact]
    public void PreprocessInput_names_the_nearest_model_and_refuses_other_images()
    {
        ArgumentException unknown = Assert.Throws<ArgumentException>(() => Applications.PreprocessInput(new float[2, 2, 3], "ResNet51"));
        Assert.Contains("'ResNet51'", unknown.Message);
        Assert.Contains("resnet50", unknown.Message);
        Assert.Throws<ArgumentException>(() => Applications.PreprocessInput(new float[2, 2, 4]));
        Assert.Throws<ArgumentException>(() => Applications.PreprocessInput(new float[2, 3]));
    }

    [Fact]
    public void DecodePredictions_names_the_most_probable_classes_of_a_local_list()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["classes.json"], """{"1": ["n02", "dog"], "0": ["n01", "cat"], "2": ["n03", "owl"]}""");

        IReadOnlyList<IReadOnlyList<ClassPrediction>> found = Applications.DecodePredictions(
            new float[,] { { 0.2f, 0.5f, 0.3f }, { 0.7f, 0.1f, 0.2f } }, folder["classes.json"], top: 2);

        Assert.Equal([new("n02", "dog", 0.5f), new("n03", "owl", 0.3f)], found[0]);
        Assert.Equal([new("n01", "cat", 0.7f), new("n03", "owl", 0.2f)], found[1]);
        Assert.Throws<ArgumentException>(() => Applications.DecodePredictions(new float[1, 4], folder["classes.json"]));
        Assert.Throws<FileNotFoundException>(() => Applications.DecodePredictions(new float[1, 3], folder["none.json"]));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"0\": [\"n01\"]}")]
    [InlineData("{\"0\": [\"n01\", 3]}")]
    [InlineData("{\"1\": [\"n01\", \"cat\"]}")]
    [InlineData("{\"0\": ")]
    public void A_list_of_classes_of_another_form_is_a_format_error(string json)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["classes.json"], json);

        Assert.Throws<ModelFormatException>(() => Applications.DecodePredictions(new float[1, 1], folder["classes.json"]));
    }

    [Fact]
    public void A_tensor_of_a_graph_takes_the_place_of_the_input_and_layers_before_it_become_part_of_the_model()
    {
        var pixels = new Input([40, 40, 3], name: "pixels");
        KerasTensor scaled = Applications.PreprocessInput((KerasTensor)pixels, nameof(Applications.MobileNet));
        KerasTensor doubled = new UpSampling2D(name: "up").Apply(scaled);

        using Functional model = Applications.MobileNet(inputTensor: doubled, alpha: 0.25, includeTop: false, pooling: "avg");

        Assert.Equal("pixels", model.Layers[0].Name);
        Assert.Equal("up", model.Layers[1].Name);
        Assert.Equal([Shape.None, 256], model.Outputs[0].Shape);
        Assert.Equal([2, 256], model.Predict(new float[2, 40, 40, 3], verbose: 0).Shape);
    }

    [Fact]
    public void Impossible_arguments_are_named()
    {
        Assert.Equal("pooling", Assert.Throws<ArgumentException>(() => Applications.VGG16(pooling: "mean")).ParamName);
        Assert.Equal("classes", Assert.Throws<ArgumentOutOfRangeException>(() => Applications.ResNet50(classes: 0)).ParamName);
        Assert.Equal("inputShape", Assert.Throws<ArgumentException>(() => Applications.Xception(inputShape: [70, 71, 3])).ParamName);
        Assert.Equal(
            "inputShape", Assert.Throws<ArgumentException>(() => Applications.Xception(inputShape: [Shape.None, 71, 3])).ParamName);
        Assert.Equal("inputShape", Assert.Throws<ArgumentException>(() => Applications.DenseNet121(inputShape: [64, 64])).ParamName);
        Assert.Equal(
            "inputShape", Assert.Throws<ArgumentException>(() => Applications.MobileNetV3Large(inputShape: [31, 32, 3])).ParamName);
        Assert.Equal("alpha", Assert.Throws<ArgumentOutOfRangeException>(() => Applications.MobileNetV2(alpha: 0)).ParamName);
        Assert.Equal("weights", Assert.Throws<ArgumentException>(() => Applications.NASNetMobile(weights: "imagenet")).ParamName);
        Assert.Throws<FileNotFoundException>(() => Applications.EfficientNetB0(weights: "none.h5"));
    }

    [Fact]
    public void Weights_of_another_network_are_refused_and_a_sigmoid_can_stand_on_no_file_of_weights()
    {
        using var folder = new TemporaryFolder();
        using (Functional small = Applications.MobileNetV3Small(alpha: 0.25, classes: 3))
        {
            small.SaveWeights(folder["small.weights.h5"]);
        }

        using Functional same = Applications.MobileNetV3Small(alpha: 0.25, classes: 3, weights: folder["small.weights.h5"]);
        Assert.ThrowsAny<Exception>(() => Applications.MobileNetV3Small(alpha: 0.5, classes: 3, weights: folder["small.weights.h5"]));
        Assert.Equal("classifierActivation", Assert.Throws<ArgumentException>(() => Applications.MobileNetV3Small(
            alpha: 0.25, classes: 3, weights: folder["small.weights.h5"], classifierActivation: "sigmoid")).ParamName);
    }
}
