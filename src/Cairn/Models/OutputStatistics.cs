using Cairn.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn;

/// <summary>Records the outputs of all layers of a model, in the order in which the layers are called.</summary>
internal sealed class OutputStatistics : ICallObserver
{
    private readonly Stack<(Layer Layer, int Row)> running = new();
    private readonly List<LayerOutput[]> rows = [];

    /// <summary>One entry for each output; those of a layer come before those of the layers within it.</summary>
    public IReadOnlyList<LayerOutput> Outputs => [.. rows.SelectMany(row => row)];

    public void Began(Layer layer, Tensor[] inputs)
    {
        running.Push((layer, rows.Count));
        rows.Add([]);
    }

    public void Ended(Layer layer, Tensor[] outputs)
    {
        (_, int row) = running.Pop();

        // The model itself is the outermost layer.
        if (running.Count > 0)
        {
            string path = string.Join('/', running.Reverse().Skip(1).Select(one => one.Layer.Name).Append(layer.Name));
            rows[row] = Array.ConvertAll(outputs, output => Describe(path, layer.ClassName, output));
        }
    }

    private static LayerOutput Describe(string path, string className, Tensor output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor numbers = output.detach().to(ScalarType.Float64).reshape(-1);
        long nan = numbers.isnan().sum().item<long>();
        long infinite = numbers.isinf().sum().item<long>();
        Tensor finite = nan + infinite == 0 ? numbers : numbers[numbers.isfinite()];
        return finite.NumberOfElements == 0
            ? new LayerOutput(path, className, output.shape, double.NaN, double.NaN, double.NaN, double.NaN, nan, infinite)
            : new LayerOutput(path, className, output.shape, finite.mean().item<double>(), finite.std(unbiased: false).item<double>(),
                finite.min().item<double>(), finite.max().item<double>(), nan, infinite);
    }
}
