using Cairn.EventFiles;

namespace Cairn.Dashboard.Live;

/// <summary>Images of an array as PNG files.</summary>
internal static class ImagePanel
{
    private const int MostPixels = 1 << 22;

    /// <summary>Encodes the images.</summary>
    /// <param name="images"><c>[samples, height, width]</c> or <c>[samples, height, width, channels]</c>, from 0 to 1.</param>
    /// <param name="most">The largest number of images.</param>
    /// <exception cref="ArgumentException">The array has another shape.</exception>
    public static IReadOnlyList<byte[]> Encode(NDArray images, int most)
    {
        long[] shape = [.. images.Shape];
        if (shape.Length is not (3 or 4) || shape[0] > most || shape[1] * shape[2] is 0 or > MostPixels
            || (shape.Length == 4 && shape[3] is not (1 or 3 or 4)))
        {
            throw new ArgumentException(
                $"images must be [samples, height, width] or [samples, height, width, channels] with at most {most} images and 1, 3 or 4 "
                + $"channels; their shape is {images.Shape}.", nameof(images));
        }

        (int count, int height, int width) = ((int)shape[0], (int)shape[1], (int)shape[2]);
        int channels = shape.Length == 4 ? (int)shape[3] : 1;
        float[] numbers = images.ToArray();
        int size = height * width * channels;
        byte[] pixels = new byte[size];
        var files = new List<byte[]>(count);
        for (int image = 0; image < count; image++)
        {
            for (int i = 0; i < size; i++)
            {
                float number = numbers[(image * size) + i];
                pixels[i] = (byte)(Math.Clamp(float.IsNaN(number) ? 0 : number, 0, 1) * byte.MaxValue);
            }

            files.Add(Png.Encode(pixels, width, height, channels));
        }

        return files;
    }
}
