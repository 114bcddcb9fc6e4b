using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

// Operations on images.
public static partial class Ops
{
    /// <summary>Operations on images. Keras: <c>ops.image</c>.</summary>
    public static class Image
    {
        /// <summary>Images in shades of grey. Keras: <c>ops.image.rgb_to_grayscale</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor RgbToGrayscale(TensorLike images, string? dataFormat = null) =>
            Apply("RGBToGrayscale", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Colours as hue, saturation and value, each 0 to 1. Keras: <c>ops.image.rgb_to_hsv</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor RgbToHsv(TensorLike images, string? dataFormat = null) =>
            Apply("RGBToHSV", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Hue, saturation and value as colours, each 0 to 1. Keras: <c>ops.image.hsv_to_rgb</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor HsvToRgb(TensorLike images, string? dataFormat = null) =>
            Apply("HSVToRGB", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Images of another size. Keras: <c>ops.image.resize</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="size">One number, or one for each axis.</param>
        /// <param name="interpolation">See Keras; <c>bilinear</c> by default.</param>
        /// <param name="antialias">See Keras; false by default.</param>
        /// <param name="cropToAspectRatio">See Keras; false by default.</param>
        /// <param name="padToAspectRatio">See Keras; false by default.</param>
        /// <param name="fillMode">See Keras; <c>constant</c> by default.</param>
        /// <param name="fillValue">See Keras; 0.0 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor Resize(
            TensorLike images, Axes size, string interpolation = "bilinear", bool antialias = false, bool cropToAspectRatio = false,
            bool padToAspectRatio = false, string fillMode = "constant", double fillValue = 0.0, string? dataFormat = null) =>
            Apply(
                "Resize",
                new JsonObject { ["size"] = size.ToJson(), ["interpolation"] = interpolation, ["antialias"] = antialias,
                    ["crop_to_aspect_ratio"] = cropToAspectRatio, ["pad_to_aspect_ratio"] = padToAspectRatio, ["fill_mode"] = fillMode,
                    ["fill_value"] = fillValue, ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Images whose pixels come from where an affine map sends them. Keras: <c>ops.image.affine_transform</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="transform">Eight numbers for each image, as in Keras.</param>
        /// <param name="interpolation">See Keras; <c>bilinear</c> by default.</param>
        /// <param name="fillMode">See Keras; <c>constant</c> by default.</param>
        /// <param name="fillValue">See Keras; 0 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor AffineTransform(
            TensorLike images, TensorLike transform, string interpolation = "bilinear", string fillMode = "constant", double fillValue = 0,
            string? dataFormat = null) =>
            Apply(
                "AffineTransform",
                new JsonObject { ["interpolation"] = interpolation, ["fill_mode"] = fillMode, ["fill_value"] = fillValue,
                    ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors), transform.ToOperand(tensors)]);

        /// <summary>The patches of images, one beside another along the channels. Keras: <c>ops.image.extract_patches</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="size">One number, or one for each axis.</param>
        /// <param name="strides">One number, or one for each axis; what Keras takes by default.</param>
        /// <param name="dilationRate">One number, or one for each axis; 1 by default.</param>
        /// <param name="padding">See Keras; <c>valid</c> by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor ExtractPatches(
            TensorLike images, Axes size, Axes? strides = null, Axes? dilationRate = null, string padding = "valid",
            string? dataFormat = null) =>
            Apply(
                "ExtractPatches",
                new JsonObject { ["size"] = size.ToJson(), ["strides"] = strides?.ToJson(), ["dilation_rate"] = dilationRate?.ToJson() ?? 1,
                    ["padding"] = padding, ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>The patches of volumes, one beside another along the channels. Keras: <c>ops.image.extract_patches_3d</c>.</summary>
        /// <param name="volumes">The volumes, <c>[batch, depth, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="size">One number, or one for each axis.</param>
        /// <param name="strides">How far patches are apart; their size by default.</param>
        /// <param name="dilationRate">One number, or one for each axis; 1 by default.</param>
        /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor ExtractPatches3d(
            TensorLike volumes, Axes size, Axes? strides = null, Axes? dilationRate = null, string padding = "valid",
            string? dataFormat = null) =>
            ExtractPatches(volumes, size.Count == 1 ? [size[0], size[0], size[0]] : size, strides, dilationRate, padding, dataFormat);

        /// <summary>The image that patches make. Keras: <c>ops.image.reconstruct_patches</c>.</summary>
        /// <param name="patches">The patches.</param>
        /// <param name="size">One number, or one for each axis.</param>
        /// <param name="outputSize">One number, or one for each axis.</param>
        /// <param name="strides">One number, or one for each axis; what Keras takes by default.</param>
        /// <param name="padding">See Keras; <c>valid</c> by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor ReconstructPatches(
            TensorLike patches, Axes size, Axes outputSize, Axes? strides = null, string padding = "valid", string? dataFormat = null) =>
            Apply(
                "ReconstructPatches",
                new JsonObject { ["size"] = size.ToJson(), ["output_size"] = outputSize.ToJson(), ["strides"] = strides?.ToJson(),
                    ["padding"] = padding, ["data_format"] = dataFormat },
                tensors => [patches.ToOperand(tensors)]);

        /// <summary>The numbers at places between those of the tensor. Keras: <c>ops.image.map_coordinates</c>.</summary>
        /// <param name="inputs">The tensor.</param>
        /// <param name="coordinates">The places, one row for each axis.</param>
        /// <param name="order">See Keras.</param>
        /// <param name="fillMode">See Keras; <c>constant</c> by default.</param>
        /// <param name="fillValue">See Keras; 0 by default.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor MapCoordinates(
            TensorLike inputs, TensorLike coordinates, int order, string fillMode = "constant", double fillValue = 0) =>
            Apply(
                "MapCoordinates",
                new JsonObject { ["order"] = order, ["fill_mode"] = fillMode, ["fill_value"] = fillValue },
                tensors => [inputs.ToOperand(tensors), coordinates.ToOperand(tensors)]);

        /// <summary>Images with margins. Keras: <c>ops.image.pad_images</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="topPadding">See Keras. Keras' own choice by default.</param>
        /// <param name="leftPadding">See Keras. Keras' own choice by default.</param>
        /// <param name="bottomPadding">See Keras. Keras' own choice by default.</param>
        /// <param name="rightPadding">See Keras. Keras' own choice by default.</param>
        /// <param name="targetHeight">See Keras. Keras' own choice by default.</param>
        /// <param name="targetWidth">See Keras. Keras' own choice by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor PadImages(
            TensorLike images, int? topPadding = null, int? leftPadding = null, int? bottomPadding = null, int? rightPadding = null,
            int? targetHeight = null, int? targetWidth = null, string? dataFormat = null) =>
            Apply(
                "PadImages",
                new JsonObject { ["top_padding"] = topPadding, ["left_padding"] = leftPadding, ["bottom_padding"] = bottomPadding,
                    ["right_padding"] = rightPadding, ["target_height"] = targetHeight, ["target_width"] = targetWidth,
                    ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Images without their margins. Keras: <c>ops.image.crop_images</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="topCropping">See Keras. Keras' own choice by default.</param>
        /// <param name="leftCropping">See Keras. Keras' own choice by default.</param>
        /// <param name="bottomCropping">See Keras. Keras' own choice by default.</param>
        /// <param name="rightCropping">See Keras. Keras' own choice by default.</param>
        /// <param name="targetHeight">See Keras. Keras' own choice by default.</param>
        /// <param name="targetWidth">See Keras. Keras' own choice by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor CropImages(
            TensorLike images, int? topCropping = null, int? leftCropping = null, int? bottomCropping = null, int? rightCropping = null,
            int? targetHeight = null, int? targetWidth = null, string? dataFormat = null) =>
            Apply(
                "CropImages",
                new JsonObject { ["top_cropping"] = topCropping, ["left_cropping"] = leftCropping, ["bottom_cropping"] = bottomCropping,
                    ["right_cropping"] = rightCropping, ["target_height"] = targetHeight, ["target_width"] = targetWidth,
                    ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Images whose corners are moved elsewhere. Keras: <c>ops.image.perspective_transform</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="startPoints">Four corners before.</param>
        /// <param name="endPoints">The same corners after.</param>
        /// <param name="interpolation">See Keras; <c>bilinear</c> by default.</param>
        /// <param name="fillValue">See Keras; 0 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor PerspectiveTransform(
            TensorLike images, TensorLike startPoints, TensorLike endPoints, string interpolation = "bilinear", double fillValue = 0,
            string? dataFormat = null) =>
            Apply(
                "PerspectiveTransform",
                new JsonObject { ["interpolation"] = interpolation, ["fill_value"] = fillValue, ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors), startPoints.ToOperand(tensors), endPoints.ToOperand(tensors)]);

        /// <summary>Images blurred by a Gaussian bell. Keras: <c>ops.image.gaussian_blur</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="kernelSize">One number, or one for each axis; (3, 3) by default.</param>
        /// <param name="sigma">The width of the bell, in pixels; 1 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor GaussianBlur(TensorLike images, Axes? kernelSize = null, double sigma = 1.0, string? dataFormat = null) =>
            Apply(
                "GaussianBlur",
                new JsonObject { ["kernel_size"] = kernelSize?.ToJson() ?? JsonNode.Parse("[3, 3]"),
                    ["sigma"] = new JsonArray(sigma, sigma), ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Images scaled and moved. Keras: <c>ops.image.scale_and_translate</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="outputShape">The numbers, one for each axis.</param>
        /// <param name="scale">The factors, or null.</param>
        /// <param name="translation">The distances.</param>
        /// <param name="spatialDims">The numbers, one for each axis.</param>
        /// <param name="method">See Keras.</param>
        /// <param name="antialias">See Keras; true by default.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor ScaleAndTranslate(
            TensorLike images, IReadOnlyList<int> outputShape, TensorLike scale, TensorLike translation, IReadOnlyList<int> spatialDims,
            string method, bool antialias = true) =>
            Apply(
                "ScaleAndTranslate",
                new JsonObject { ["spatial_dims"] = List(spatialDims), ["method"] = method, ["antialias"] = antialias },
                tensors => [images.ToOperand(tensors), new Operand.Plain(List(outputShape)), scale.ToOperand(tensors),
                translation.ToOperand(tensors)]);

        /// <summary>The changes down and across at each pixel. Keras: <c>ops.image.sobel_edges</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one without the batch.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor SobelEdges(TensorLike images, string? dataFormat = null) =>
            Apply("SobelEdges", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>The structural similarity of two images, 1 where they are the same. Keras: <c>ops.image.ssim</c>.</summary>
        /// <param name="image1">The first image.</param>
        /// <param name="image2">The second image.</param>
        /// <param name="maxVal">See Keras; 1.0 by default.</param>
        /// <param name="filterSize">See Keras; 11 by default.</param>
        /// <param name="filterSigma">See Keras; 1.5 by default.</param>
        /// <param name="k1">See Keras; 0.01 by default.</param>
        /// <param name="k2">See Keras; 0.03 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The operation can't take these.</exception>
        public static KerasTensor Ssim(
            TensorLike image1, TensorLike image2, double maxVal = 1.0, int filterSize = 11, double filterSigma = 1.5, double k1 = 0.01,
            double k2 = 0.03, string? dataFormat = null) =>
            Apply(
                "SSIM",
                new JsonObject { ["max_val"] = maxVal, ["filter_size"] = filterSize, ["filter_sigma"] = filterSigma, ["k1"] = k1,
                    ["k2"] = k2, ["data_format"] = dataFormat },
                tensors => [image1.ToOperand(tensors), image2.ToOperand(tensors)]);
    }
}
