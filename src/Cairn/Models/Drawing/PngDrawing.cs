using Cairn.Native;

namespace Cairn.Drawing;

/// <summary>Drawings as PNG, which the package Cairn.Plotting renders: the library itself does not depend on a graphics library.</summary>
internal static class PngDrawing
{
    private const string Package = "Cairn.Plotting";

    /// <summary>Renders a layout with a number of dots per inch; set by the package.</summary>
    public static Func<DrawnLayout, int, byte[]>? Renderer { get; set; }

    /// <summary>The PNG file.</summary>
    /// <exception cref="ArgumentException">The program does not have the package.</exception>
    public static byte[] Of(DrawnLayout layout, int dpi)
    {
        if (Renderer is null)
        {
            CairnPackage.Load(Package, "A PNG file of a model");
        }

        return Renderer!(layout, dpi);
    }
}
