namespace Cairn.Saving;

/// <summary>A model's weights in files that store them by name only: safetensors, and TorchSharp's module files.</summary>
/// <remarks>They do not include the optimizer's state.</remarks>
internal abstract class NamedWeightsFile : ModelFile
{
    private const int NamesShown = 5;

    public override bool HasNames => true;

    /// <summary>Writes named arrays.</summary>
    public abstract void Write(Stream stream, IReadOnlyList<WeightData> weights, bool carriesChecksum);

    /// <summary>Reads names, types and shapes; the values are read from the file on demand.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public abstract NamedWeights Read(string path, FileLimits? limits = null);

    public override IModelSnapshot Prepare(Model model, IReadOnlyDictionary<string, string>? remarks, Func<Variable, WeightData> read)
    {
        WeightData[] weights = [.. WeightNames.Of(model).Select(pair => read(pair.Variable).Renamed(pair.Name))];
        return new FileSnapshot(stream => Write(stream, weights, carriesChecksum: remarks is not null));
    }

    public override void LoadWeights(Model model, string path, WeightLoading loading)
    {
        using NamedWeights saved = Read(path);
        WeightTransfer.Copy(Match(model, saved.Weights, path, loading));
    }

    public override ListedWeights List(string path)
    {
        NamedWeights saved = Read(path);
        return new ListedWeights([.. saved.Weights.Select(weight => (weight.Name, "", weight))], saved);
    }

    /// <summary>Matches the arrays of a file to the model's weights, by name.</summary>
    protected static List<(WeightData From, Variable To)> Match(Model model, IReadOnlyList<WeightData> saved, string path,
        WeightLoading loading)
    {
        var byName = saved.ToDictionary(w => w.Name, StringComparer.Ordinal);
        List<(WeightData From, Variable To)> pairs = [];
        foreach ((string name, Variable variable) in WeightNames.Of(model))
        {
            // Other programs write Keras' paths, which start with the model's name.
            if (!byName.Remove(name, out WeightData? from) && !byName.Remove(variable.Path, out from))
            {
                if (!loading.ByName)
                {
                    loading.Mismatch($"The weight '{name}'", $"the file has no '{name}'; it has {Some(byName.Keys)}.", path, name);
                }
            }
            else if (WeightTransfer.Fits(from, variable))
            {
                pairs.Add((from, variable));
            }
            else
            {
                loading.Mismatch($"The weight '{name}'", WeightTransfer.ShapeProblem(from, variable), path, name);
            }
        }

        if (byName.Count > 0 && !loading.ByName)
        {
            loading.Mismatch(
                $"The rest of the file ({Some(byName.Keys)})",
                $"the model '{model.Name}' has no weight for {Some(byName.Keys)} in the file.",
                path,
                byName.Keys.First());
        }

        if (pairs.Count == 0 && loading.ByName)
        {
            loading.Warnings.Add($"No weight was loaded: the file ({Some(byName.Keys)}) and the model '{model.Name}' have no weight "
                + "name in common.");
        }

        return pairs;
    }

    private static string Some(IReadOnlyCollection<string> names) => names.Count == 0
        ? "nothing else"
        : string.Join(", ", names.Take(NamesShown).Select(name => $"'{Shown(name)}'"))
        + (names.Count > NamesShown ? $" and {names.Count - NamesShown} more" : "");

    private static string Shown(string name) => name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
}
