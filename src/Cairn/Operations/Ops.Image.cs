using System.Text.Json.Nodes;
using Cairn.Operations;

namespace Cairn;

// Operations on images.
public static partial class Ops
{
    /// <summary>Operations on images. Keras: <c>ops.image</c>.</summary>
    public static class Image
    {
        /// <summary>Converts RGB images to grayscale. Keras: <c>ops.image.rgb_to_grayscale</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor RgbToGrayscale(TensorLike images, string? dataFormat = null) =>
            Apply("RGBToGrayscale", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Converts RGB images to HSV; all values are in [0, 1]. Keras: <c>ops.image.rgb_to_hsv</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor RgbToHsv(TensorLike images, string? dataFormat = null) =>
            Apply("RGBToHSV", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Converts HSV images to RGB; all values are in [0, 1]. Keras: <c>ops.image.hsv_to_rgb</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor HsvToRgb(TensorLike images, string? dataFormat = null) =>
            Apply("HSVToRGB", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Resizes images. Keras: <c>ops.image.resize</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="size">The size, one number or one per spatial axis.</param>
        /// <param name="interpolation">The interpolation method; <c>bilinear</c> by default.</param>
        /// <param name="antialias">Whether to use an antialiasing filter when downsampling; false by default.</param>
        /// <param name="cropToAspectRatio">Whether to crop images to keep the aspect ratio; false by default.</param>
        /// <param name="padToAspectRatio">Whether to pad images to keep the aspect ratio; false by default.</param>
        /// <param name="fillMode">How to fill padded areas; <c>constant</c> by default.</param>
        /// <param name="fillValue">The fill value of the mode <c>constant</c>; 0.0 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor Resize(
            TensorLike images, Axes size, string interpolation = "bilinear", bool antialias = false, bool cropToAspectRatio = false,
            bool padToAspectRatio = false, string fillMode = "constant", double fillValue = 0.0, string? dataFormat = null) =>
            Apply(
                "Resize",
                new JsonObject
                {
                    ["size"] = size.ToJson(),
                    ["interpolation"] = interpolation,
                    ["antialias"] = antialias,
                    ["crop_to_aspect_ratio"] = cropToAspectRatio,
                    ["pad_to_aspect_ratio"] = padToAspectRatio,
                    ["fill_mode"] = fillMode,
                    ["fill_value"] = fillValue,
                    ["data_format"] = dataFormat
                },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Applies affine transforms to images. Keras: <c>ops.image.affine_transform</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="transform">The eight transform parameters of each image, as in Keras.</param>
        /// <param name="interpolation">The interpolation method; <c>bilinear</c> by default.</param>
        /// <param name="fillMode">How to fill points outside the boundaries; <c>constant</c> by default.</param>
        /// <param name="fillValue">The fill value of the mode <c>constant</c>; 0 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor AffineTransform(
            TensorLike images, TensorLike transform, string interpolation = "bilinear", string fillMode = "constant", double fillValue = 0,
            string? dataFormat = null) =>
            Apply(
                "AffineTransform",
                new JsonObject
                {
                    ["interpolation"] = interpolation,
                    ["fill_mode"] = fillMode,
                    ["fill_value"] = fillValue,
                    ["data_format"] = dataFormat
                },
                tensors => [images.ToOperand(tensors), transform.ToOperand(tensors)]);

        /// <summary>Extracts patches from images, stacked along the channels. Keras: <c>ops.image.extract_patches</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="size">The size, one number or one per spatial axis.</param>
        /// <param name="strides">The strides, one number or one per spatial axis; the window size by default.</param>
        /// <param name="dilationRate">The dilation rate, one number or one per spatial axis; 1 by default.</param>
        /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor ExtractPatches(
            TensorLike images, Axes size, Axes? strides = null, Axes? dilationRate = null, string padding = "valid",
            string? dataFormat = null) =>
            Apply(
                "ExtractPatches",
                new JsonObject
                {
                    ["size"] = size.ToJson(),
                    ["strides"] = strides?.ToJson(),
                    ["dilation_rate"] = dilationRate?.ToJson() ?? 1,
                    ["padding"] = padding,
                    ["data_format"] = dataFormat
                },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Extracts patches from volumes, stacked along the channels. Keras: <c>ops.image.extract_patches_3d</c>.</summary>
        /// <param name="volumes">The volumes, <c>[batch, depth, height, width, channels]</c>, or one volume without the batch axis.</param>
        /// <param name="size">The size, one number or one per spatial axis.</param>
        /// <param name="strides">The strides between patches; their size by default.</param>
        /// <param name="dilationRate">The dilation rate, one number or one per spatial axis; 1 by default.</param>
        /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor ExtractPatches3d(
            TensorLike volumes, Axes size, Axes? strides = null, Axes? dilationRate = null, string padding = "valid",
            string? dataFormat = null) =>
            ExtractPatches(volumes, size.Count == 1 ? [size[0], size[0], size[0]] : size, strides, dilationRate, padding, dataFormat);

        /// <summary>Reconstructs images from patches. Keras: <c>ops.image.reconstruct_patches</c>.</summary>
        /// <param name="patches">The patches.</param>
        /// <param name="size">The size, one number or one per spatial axis.</param>
        /// <param name="outputSize">The output size, one number or one per spatial axis.</param>
        /// <param name="strides">The strides, one number or one per spatial axis; the window size by default.</param>
        /// <param name="padding"><c>valid</c> (default) or <c>same</c>.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor ReconstructPatches(
            TensorLike patches, Axes size, Axes outputSize, Axes? strides = null, string padding = "valid", string? dataFormat = null) =>
            Apply(
                "ReconstructPatches",
                new JsonObject
                {
                    ["size"] = size.ToJson(),
                    ["output_size"] = outputSize.ToJson(),
                    ["strides"] = strides?.ToJson(),
                    ["padding"] = padding,
                    ["data_format"] = dataFormat
                },
                tensors => [patches.ToOperand(tensors)]);

        /// <summary>Samples a tensor at the given coordinates by interpolation. Keras: <c>ops.image.map_coordinates</c>.</summary>
        /// <param name="inputs">The tensor.</param>
        /// <param name="coordinates">The coordinates, one row per axis.</param>
        /// <param name="order">The order of the interpolation, 0 or 1.</param>
        /// <param name="fillMode">How to fill points outside the boundaries; <c>constant</c> by default.</param>
        /// <param name="fillValue">The fill value of the mode <c>constant</c>; 0 by default.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor MapCoordinates(
            TensorLike inputs, TensorLike coordinates, int order, string fillMode = "constant", double fillValue = 0) =>
            Apply(
                "MapCoordinates",
                new JsonObject { ["order"] = order, ["fill_mode"] = fillMode, ["fill_value"] = fillValue },
                tensors => [inputs.ToOperand(tensors), coordinates.ToOperand(tensors)]);

        /// <summary>Pads images with zeros. Keras: <c>ops.image.pad_images</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="topPadding">The number of rows to pad at the top; optional.</param>
        /// <param name="leftPadding">The number of columns to pad on the left; optional.</param>
        /// <param name="bottomPadding">The number of rows to pad at the bottom; optional.</param>
        /// <param name="rightPadding">The number of columns to pad on the right; optional.</param>
        /// <param name="targetHeight">The height of the result; optional.</param>
        /// <param name="targetWidth">The width of the result; optional.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor PadImages(
            TensorLike images, int? topPadding = null, int? leftPadding = null, int? bottomPadding = null, int? rightPadding = null,
            int? targetHeight = null, int? targetWidth = null, string? dataFormat = null) =>
            Apply(
                "PadImages",
                new JsonObject
                {
                    ["top_padding"] = topPadding,
                    ["left_padding"] = leftPadding,
                    ["bottom_padding"] = bottomPadding,
                    ["right_padding"] = rightPadding,
                    ["target_height"] = targetHeight,
                    ["target_width"] = targetWidth,
                    ["data_format"] = dataFormat
                },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Crops images. Keras: <c>ops.image.crop_images</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="topCropping">The number of rows to crop at the top; optional.</param>
        /// <param name="leftCropping">The number of columns to crop on the left; optional.</param>
        /// <param name="bottomCropping">The number of rows to crop at the bottom; optional.</param>
        /// <param name="rightCropping">The number of columns to crop on the right; optional.</param>
        /// <param name="targetHeight">The height of the result; optional.</param>
        /// <param name="targetWidth">The width of the result; optional.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor CropImages(
            TensorLike images, int? topCropping = null, int? leftCropping = null, int? bottomCropping = null, int? rightCropping = null,
            int? targetHeight = null, int? targetWidth = null, string? dataFormat = null) =>
            Apply(
                "CropImages",
                new JsonObject
                {
                    ["top_cropping"] = topCropping,
                    ["left_cropping"] = leftCropping,
                    ["bottom_cropping"] = bottomCropping,
                    ["right_cropping"] = rightCropping,
                    ["target_height"] = targetHeight,
                    ["target_width"] = targetWidth,
                    ["data_format"] = dataFormat
                },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Applies perspective transforms to images. Keras: <c>ops.image.perspective_transform</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="startPoints">The four corners in the input.</param>
        /// <param name="endPoints">The same corners in the output.</param>
        /// <param name="interpolation">The interpolation method; <c>bilinear</c> by default.</param>
        /// <param name="fillValue">The fill value of points outside the boundaries; 0 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor PerspectiveTransform(
            TensorLike images, TensorLike startPoints, TensorLike endPoints, string interpolation = "bilinear", double fillValue = 0,
            string? dataFormat = null) =>
            Apply(
                "PerspectiveTransform",
                new JsonObject { ["interpolation"] = interpolation, ["fill_value"] = fillValue, ["data_format"] = dataFormat },
                tensors => [images.ToOperand(tensors), startPoints.ToOperand(tensors), endPoints.ToOperand(tensors)]);

        /// <summary>Applies a Gaussian blur to images. Keras: <c>ops.image.gaussian_blur</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="kernelSize">The kernel size, one number or one per spatial axis; (3, 3) by default.</param>
        /// <param name="sigma">The standard deviation of the Gaussian, in pixels; 1 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor GaussianBlur(TensorLike images, Axes? kernelSize = null, double sigma = 1.0, string? dataFormat = null) =>
            Apply(
                "GaussianBlur",
                new JsonObject
                {
                    ["kernel_size"] = kernelSize?.ToJson() ?? JsonNode.Parse("[3, 3]"),
                    ["sigma"] = new JsonArray(sigma, sigma),
                    ["data_format"] = dataFormat
                },
                tensors => [images.ToOperand(tensors)]);

        /// <summary>Scales and translates images. Keras: <c>ops.image.scale_and_translate</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="outputShape">The shape of the result.</param>
        /// <param name="scale">The scale factors, or null.</param>
        /// <param name="translation">The translations.</param>
        /// <param name="spatialDims">The axes to scale and translate.</param>
        /// <param name="method">The interpolation method.</param>
        /// <param name="antialias">Whether to use an antialiasing filter when downsampling; true by default.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor ScaleAndTranslate(
            TensorLike images, IReadOnlyList<int> outputShape, TensorLike scale, TensorLike translation, IReadOnlyList<int> spatialDims,
            string method, bool antialias = true) =>
            Apply(
                "ScaleAndTranslate",
                new JsonObject { ["spatial_dims"] = List(spatialDims), ["method"] = method, ["antialias"] = antialias },
                tensors => [images.ToOperand(tensors), new Operand.Plain(List(outputShape)), scale.ToOperand(tensors),
                translation.ToOperand(tensors)]);

        /// <summary>Computes the Sobel gradients in vertical and horizontal direction. Keras: <c>ops.image.sobel_edges</c>.</summary>
        /// <param name="images">The images, <c>[batch, height, width, channels]</c>, or one image without the batch axis.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor SobelEdges(TensorLike images, string? dataFormat = null) =>
            Apply("SobelEdges", new JsonObject { ["data_format"] = dataFormat }, tensors => [images.ToOperand(tensors)]);

        /// <summary>Computes the structural similarity (SSIM) of two images; 1 for equal images. Keras: <c>ops.image.ssim</c>.</summary>
        /// <param name="image1">The first image.</param>
        /// <param name="image2">The second image.</param>
        /// <param name="maxVal">The maximum value of the data; 1.0 by default.</param>
        /// <param name="filterSize">The size of the Gaussian filter; 11 by default.</param>
        /// <param name="filterSigma">The standard deviation of the Gaussian filter; 1.5 by default.</param>
        /// <param name="k1">The constant K1; 0.01 by default.</param>
        /// <param name="k2">The constant K2; 0.03 by default.</param>
        /// <param name="dataFormat"><c>channels_last</c> (default) or <c>channels_first</c>.</param>
        /// <exception cref="ArgumentException">The arguments are invalid for the operation.</exception>
        public static KerasTensor Ssim(
            TensorLike image1, TensorLike image2, double maxVal = 1.0, int filterSize = 11, double filterSigma = 1.5, double k1 = 0.01,
            double k2 = 0.03, string? dataFormat = null) =>
            Apply(
                "SSIM",
                new JsonObject
                {
                    ["max_val"] = maxVal,
                    ["filter_size"] = filterSize,
                    ["filter_sigma"] = filterSigma,
                    ["k1"] = k1,
                    ["k2"] = k2,
                    ["data_format"] = dataFormat
                },
                tensors => [image1.ToOperand(tensors), image2.ToOperand(tensors)]);
    }
}
