namespace Cairn.Drawing;

/// <summary>A layer, or the frame around the layers of a model, at its place in a picture.</summary>
/// <param name="Left">Distance from the left edge of the picture.</param>
/// <param name="Top">Distance from the upper edge of the picture.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Layer">What is written in it.</param>
internal sealed record DrawnBox(double Left, double Top, double Width, double Height, DrawnLayer Layer)
{
    /// <summary>Whether other boxes are drawn in it.</summary>
    public bool IsFrame => Layer.Inner is not null;
}
