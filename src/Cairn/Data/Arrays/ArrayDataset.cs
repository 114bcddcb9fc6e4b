using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Data;

/// <summary>Arrays in memory.</summary>
internal sealed class ArrayDataset(NDArrays x, NDArrays? y, NDArrays? sampleWeight, int batchSize) : Dataset
{
    internal override BatchSource Open(BatchLayout layout) =>
        new ArrayArguments(nameof(x), nameof(y), nameof(sampleWeight)).Load(x, y, sampleWeight, layout, batchSize);
}
