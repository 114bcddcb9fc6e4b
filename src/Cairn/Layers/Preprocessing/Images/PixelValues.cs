using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Converts pixels to another value range.</summary>
internal static class PixelValues
{
    public static Tensor FromTo(Tensor images, ValueRange from, ValueRange to) =>
        from == to ? images : ((images - from.Least) / from.Width * to.Width) + to.Least;
}
