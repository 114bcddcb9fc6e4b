namespace Cairn;

/// <summary>Statistics of the output of a layer for a batch; see <see cref="Model.Inspect"/>.</summary>
/// <param name="Path">
/// The place of the layer in the model: the names of the layers around it and its own, such as <c>block_2/dense</c>.
/// </param>
/// <param name="ClassName">Keras' class name of the layer.</param>
/// <param name="Shape">The shape of the output, batch axis included.</param>
/// <param name="Mean">The mean of the finite numbers; NaN if there are none.</param>
/// <param name="StandardDeviation">Their standard deviation.</param>
/// <param name="Min">The smallest finite number.</param>
/// <param name="Max">The largest finite number.</param>
/// <param name="NaNCount">Number of NaN values.</param>
/// <param name="InfinityCount">Number of infinite values.</param>
public sealed record LayerOutput(
    string Path, string ClassName, Shape Shape, double Mean, double StandardDeviation, double Min, double Max, long NaNCount,
    long InfinityCount)
{
    /// <summary>The number of layers around this one; 0 for a layer of the model itself.</summary>
    public int Depth => Path.AsSpan().Count('/');
}
