using Cairn.Optimizers;

namespace Cairn.Saving;

/// <summary>An optimizer's variables as Keras lists them: iteration, learning rate (unless scheduled), then the state of the weights.</summary>
internal static class OptimizerState
{
    /// <summary>The warning where weights were skipped: the saved state counts on all of them.</summary>
    public const string LeftAlone = "The optimizer's state was left as it is, because not all weights were loaded.";

    public static IReadOnlyList<WeightData> Describe(Optimizer optimizer, Func<Variable, WeightData>? read = null)
    {
        var variables = new List<WeightData> { Iteration(optimizer) };
        if (optimizer.Schedule is null) variables.Add(WeightData.Scalar($"{optimizer.Name}/learning_rate", (float)optimizer.LearningRate));
        variables.AddRange(optimizer.SlotVariables.Select(read ?? WeightTransfer.ToData));
        return variables;
    }

    /// <summary>Puts saved state into the model's optimizer, which is built for it.</summary>
    /// <param name="model">A compiled model with weights.</param>
    /// <param name="saved">The variables in the file's order.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="ModelFormatException">The state is not that of this optimizer for this model.</exception>
    public static void Load(Model model, IReadOnlyList<WeightData> saved, string path)
    {
        Optimizer optimizer = model.Optimizer!;
        int scalars = optimizer.Schedule is null ? 2 : 1;

        if (saved.Count == 0) return;
        (long iterations, double? rate) = Scalars(saved, scalars, path);

        // A model saved before its first training holds the scalars alone, or beside them what a new optimizer starts with anyway.
        bool untrained = saved.Count <= scalars || (iterations == 0 && !optimizer.Built);
        if (!optimizer.Built && !untrained) optimizer.Build(model.TrainableWeights);
        IReadOnlyList<Variable> slots = untrained ? [] : optimizer.SlotVariables;
        if (saved.Count != scalars + slots.Count && !untrained)
        {
            throw new ModelFormatException(
                $"the file has {saved.Count} optimizer variables; {optimizer.ClassName} has {scalars + slots.Count} for the model '{model.Name}'.",
                path,
                "optimizer_weights");
        }

        WeightTransfer.CheckShapes(saved.Skip(scalars).Zip(slots), path);
        optimizer.Steps = iterations;
        if (rate is { } number) optimizer.LearningRate = number;
        WeightTransfer.Copy(saved.Skip(scalars).Zip(slots));
    }

    /// <summary>Puts the learning rate where Keras 3 has it, if the file of an older version has none there.</summary>
    public static IReadOnlyList<WeightData> WithLearningRate(Model model, IReadOnlyList<WeightData> saved) =>
        model.Optimizer is { Schedule: null } optimizer && saved is [var iteration, ..] && (saved.Count == 1 || saved[1].Shape.Length > 0)
            ? [iteration, WeightData.Scalar("learning_rate", (float)optimizer.LearningRate), .. saved.Skip(1)]
            : saved;

    /// <summary>The same where the weights are what matters: state that is not this optimizer's is left out with a warning, as in Keras.</summary>
    public static void TryLoad(Model model, IReadOnlyList<WeightData> saved, string path, List<string> warnings)
    {
        try
        {
            Load(model, saved, path);
        }
        catch (Exception exception) when (exception is ModelFormatException or InvalidOperationException)
        {
            warnings.Add($"The optimizer's state was left as it is: {(exception as ModelFormatException)?.Problem ?? exception.Message}");
        }
    }

    private static (long Iterations, double? Rate) Scalars(IReadOnlyList<WeightData> saved, int scalars, string path)
    {
        foreach (WeightData scalar in saved.Take(scalars))
        {
            if (scalar.ElementCount != 1) throw new ModelFormatException($"expected one number, found the shape {(Shape)scalar.Shape}.", path, scalar.Name);
        }

        double? rate = scalars == 2 && saved.Count > 1 ? saved[1].ToSingles()[0] : null;
        if (rate is double.NaN) throw new ModelFormatException("the learning rate is not a number.", path, saved[1].Name);
        return (Math.Max(0, saved[0].ToInt64s()[0]), rate);
    }

    private static WeightData Iteration(Optimizer optimizer)
    {
        string name = $"{optimizer.Name}/iteration";
        return optimizer.Steps <= int.MaxValue
            ? WeightData.Scalar(name, (int)optimizer.Steps)
            : WeightData.FromInt64(name, [], new[] { optimizer.Steps });
    }
}
