using Cairn.Operations.Definitions;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Converts pixels to another value range.</summary>
internal static class PixelValues
{
    public static Tensor FromTo(Tensor images, ValueRange from, ValueRange to) =>
        from == to ? images : ((images - Held(from.Least)) / Held(from.Width) * Held(to.Width)).Plus(Held(to.Least));

    /// <summary>Converts images to grayscale with Keras' weights; images with one channel are unchanged.</summary>
    public static Tensor Gray(Tensor images, int channelAxis)
    {
        if (images.shape[channelAxis] == 1)
        {
            return images;
        }

        Tensor[] planes = Planes(images, channelAxis);
        return ((Held(0.2989) * planes[0]).Plus(Held(0.587) * planes[1]).Plus(Held(0.114) * planes[2])).unsqueeze(channelAxis)
            .expand_as(images);
    }

    /// <summary>Changes the hue, saturation and value of each pixel.</summary>
    /// <param name="images">RGB images.</param>
    /// <param name="channelAxis">The axis of the channels.</param>
    /// <param name="change">Computes the new planes.</param>
    public static Tensor ChangeHsv(Tensor images, int channelAxis, Func<Tensor, Tensor, Tensor, Tensor[]> change)
    {
        Tensor[] planes = Planes(images, channelAxis);
        Tensor[] hsv = ImageOperations.ToHsv(planes[0], planes[1], planes[2]);
        Tensor[] changed = change(hsv[0], hsv[1], hsv[2]);
        return stack(ImageOperations.ToRgb(changed[0], changed[1], changed[2]), channelAxis);
    }

    /// <summary>Convolves each channel with a kernel of odd size and zero padding.</summary>
    public static Tensor EachChannel(Tensor images, int channelAxis, Tensor kernel)
    {
        Tensor x = images.movedim([channelAxis], [1]);
        Tensor spread = kernel.expand(x.shape[1], 1, kernel.shape[2], kernel.shape[3]);
        Tensor y = nn.functional.conv2d(x, spread, padding: [kernel.shape[2] / 2, kernel.shape[3] / 2], groups: x.shape[1]);
        return y.movedim([1], [channelAxis]);
    }

    /// <summary>A bell curve, the kernel of a Gaussian blur along one axis; its sum is 1.</summary>
    /// <param name="size">The number of pixels.</param>
    /// <param name="deviation">The standard deviation in pixels.</param>
    public static Tensor Bell(long size, Tensor deviation)
    {
        Tensor at = arange(Held(0), Held(size), Held(1), deviation.dtype, deviation.device) - Held((size - 1) / 2.0);
        Tensor bell = ((at / deviation).Squared() * Held(-0.5)).exp();
        return bell / bell.sum();
    }

    private static Tensor[] Planes(Tensor images, int channelAxis) => images.shape[channelAxis] == 3
        ? images.unbind(channelAxis)
        : throw new ArgumentException($"Color changes need images with 3 channels; got {images.shape[channelAxis]}.", nameof(images));
}
