using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Subtracts the second input from the first, element by element. Keras: <c>layers.Subtract</c>.</summary>
/// <param name="name">Unique name, or null for <c>subtract</c>, <c>subtract_1</c>, …</param>
public sealed class Subtract(string? name = null) : Merge(name)
{
    internal static Subtract FromConfig(ConfigReader config) => new(config.OptionalString("name"));

    private protected override void CheckCount(IReadOnlyList<Shape> inputShapes)
    {
        if (inputShapes.Count != 2)
        {
            throw Unfit(inputShapes, "exactly 2 inputs");
        }
    }

    private protected override Tensor MergeAll(Tensor[] inputs, Tensor?[] masks) => inputs[0].sub(inputs[1]);
}
