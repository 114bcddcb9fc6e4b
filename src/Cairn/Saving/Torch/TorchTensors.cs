using Cairn.Layers;
using static TorchSharp.torch;

namespace Cairn.Saving.Torch;

/// <summary>Moves the tensors of one module into one layer: each tensor is used once, and each weight is set once.</summary>
internal sealed class TorchTensors(TorchModule module, Layer layer)
{
    private readonly HashSet<string> left = [.. module.Tensors.Keys];
    private readonly List<(Tensor From, Variable To)> given = [];

    /// <summary>A tensor of the module in float32.</summary>
    public Tensor Take(string name) => TryTake(name) ?? throw new TorchMismatchException(
        $"the module '{module.Name}' has no '{name}', which a {layer.ClassName} needs; it "
            + $"has {string.Join(", ", module.Tensors.Keys.Select(k => $"'{k}'"))}.");

    public Tensor? TryTake(string name) =>
        left.Remove(name) ? tensor(module.Tensors[name].ToSingles()).reshape(module.Tensors[name].Shape) : null;

    public Variable Variable(string name) => layer.OwnWeights.FirstOrDefault(w => w.Name == name)
        ?? throw new TorchMismatchException($"the layer has no weight '{name}'.");

    public void Give(string name, Tensor from) => Give(Variable(name), from);

    public void Give(Variable to, Tensor from) => given.Add(to.Shape.Equals((Shape)from.shape)
        ? (from, to)
        : throw new TorchMismatchException($"the module '{module.Name}' has the shape {(Shape)from.shape} for the weight '{to.Path}', "
        + $"which has {to.Shape}."));

    /// <summary>Copies tensors to weights unchanged, for each pair that both sides have.</summary>
    public void GiveSame(params ReadOnlySpan<(string From, string To)> names)
    {
        foreach ((string from, string to) in names)
        {
            if (left.Contains(from) && layer.OwnWeights.FirstOrDefault(w => w.Name == to) is { } variable)
            {
                Give(variable, Take(from));
            }
        }
    }

    /// <summary>The matched pairs, after checking that nothing is left over on either side.</summary>
    public IReadOnlyList<(Tensor From, Variable To)> Finish()
    {
        if (left.Count > 0)
        {
            throw new TorchMismatchException($"the layer has no weight for '{left.First()}' of the module '{module.Name}'.");
        }

        HashSet<Variable> filled = [.. given.Select(pair => pair.To)];
        return layer.Weights.FirstOrDefault(w => !filled.Contains(w)) is { } empty
            ? throw new TorchMismatchException($"the module '{module.Name}' has no tensor for the weight '{empty.Path}'.")
            : given;
    }
}
