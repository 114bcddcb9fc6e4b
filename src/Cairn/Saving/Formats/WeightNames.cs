using Cairn.Layers;

namespace Cairn.Saving;

/// <summary>Weight names that any model with the same layers shares: <c>dense/kernel</c>, <c>encoder/dense_1/bias</c>.</summary>
/// <remarks>
/// Unlike <see cref="Variable.Path"/>, they do not contain the model's own name, or that of the model in which a nested layer was first
/// built, which no file records.
/// </remarks>
internal static class WeightNames
{
    /// <summary>All weights, each once, with unique names.</summary>
    public static IReadOnlyList<(string Name, Variable Variable)> Of(Model model)
    {
        var found = new List<(string Name, Variable Variable)>();
        var seen = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        var taken = new TakenNames();
        Collect(model, "");

        // A model that is not a list of layers names its weights itself.
        foreach (Variable variable in model.Weights)
        {
            Add(variable.Path, variable);
        }

        return found;

        void Collect(Model parent, string prefix)
        {
            foreach (Layer layer in parent.Layers)
            {
                if (layer is Model { Layers.Count: > 0 } inner)
                {
                    Collect(inner, $"{prefix}{layer.Name}/");
                }
                else
                {
                    foreach (Variable variable in layer.Weights)
                    {
                        Add($"{prefix}{layer.Name}/{Within(layer, variable)}", variable);
                    }
                }
            }
        }

        void Add(string name, Variable variable)
        {
            if (!seen.Add(variable))
            {
                return;
            }

            found.Add((taken.Unique(name), variable));
        }
    }

    private static string Within(Layer layer, Variable variable)
    {
        string step = $"/{layer.Name}/";
        string path = $"/{variable.Path}";
        int at = path.IndexOf(step, StringComparison.Ordinal);
        return at < 0 ? variable.Path : path[(at + step.Length)..];
    }
}
