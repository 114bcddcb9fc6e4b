using Cairn.Optimizers;

namespace Cairn.Saving;

/// <summary>
/// An optimizer's variables in Keras' order: iteration, learning rate (unless scheduled), then the state of the weights. A
/// <see cref="LossScaleOptimizer"/> has an unused iteration and learning rate, its two numbers, and then all variables of the inner
/// optimizer.
/// </summary>
internal static class OptimizerState
{
    /// <summary>The warning if weights were skipped: the saved state assumes that all of them were loaded.</summary>
    public const string LeftAlone = "The optimizer's state was not loaded, because not all weights were loaded.";

    private const string Place = "optimizer_weights";

    public static IReadOnlyList<WeightData> Describe(Optimizer optimizer, Func<Variable, WeightData>? read = null)
    {
        read ??= WeightTransfer.ToData;
        if (optimizer is LossScaleOptimizer scaled)
        {
            return [Iteration(scaled, 0), Rate(scaled, 0), .. scaled.ScaleVariables.Select(read), .. Describe(scaled.InnerOptimizer, read)];
        }

        var variables = new List<WeightData> { Iteration(optimizer, optimizer.Steps) };
        if (optimizer.Schedule is null)
        {
            variables.Add(Rate(optimizer, optimizer.LearningRate));
        }

        variables.AddRange(optimizer.SlotVariables.Select(read));
        return variables;
    }

    /// <summary>The inner optimizer's part of the variables of <see cref="Describe"/>.</summary>
    public static IEnumerable<WeightData> OfInner(Optimizer optimizer, IReadOnlyList<WeightData> all) =>
        all.Skip(all.Count - optimizer.Inner.ScalarCount - optimizer.Inner.SlotVariables.Count);

    /// <summary>Loads saved state into the model's optimizer, which is built for the model.</summary>
    /// <param name="model">A compiled model with weights.</param>
    /// <param name="saved">The variables in the file's order.</param>
    /// <param name="path">The file, for messages.</param>
    /// <param name="warnings">
    /// Receives a warning if the state does not match this optimizer and model; the optimizer then starts fresh, as in Keras. Null to throw
    /// instead.
    /// </param>
    /// <exception cref="ModelFormatException">A value is damaged, or the state does not match and there are no warnings.</exception>
    public static void Load(Model model, IReadOnlyList<WeightData> saved, string path, List<string>? warnings = null)
    {
        try
        {
            LoadMatching(model, saved, path);
        }
        catch (StateMismatchException exception)
        {
            if (warnings is null)
            {
                throw new ModelFormatException(exception.Message, path, Place, exception);
            }

            warnings.Add($"The optimizer's state was not loaded: {exception.Message}");
        }
    }

    private static void LoadMatching(Model model, IReadOnlyList<WeightData> saved, string path)
    {
        if (saved.Count == 0)
        {
            return;
        }

        Optimizer optimizer = model.Optimizer!.Inner;
        int scalars = optimizer.ScalarCount;
        var around = model.Optimizer as LossScaleOptimizer;
        (int Counted, float Scale)? scale = null;
        if (around is not null)
        {
            int own = saved.Count <= around.ScalarCount ? 2 : 4;
            scale = own == 4 ? LossScale(saved, path) : null;
            saved = [.. saved.Skip(own)];
            if (saved.Count == 0)
            {
                throw new StateMismatchException($"the file has only {own} optimizer variables; those of {optimizer.ClassName} "
                    + "are missing.");
            }
        }

        (long iterations, double? rate) = Scalars(saved, scalars, path);

        // A model saved before its first training has only the scalars, or in addition the initial state. Steps without the state that
        // belongs to them are not loaded: Adam would correct a bias that its zeros do not have.
        bool scaledSince = scale is { } now && now != (0, (float)around!.InitialScale);
        bool untrained = iterations == 0 && (saved.Count <= scalars || (!optimizer.Built && !scaledSince));
        if (!optimizer.Built && !untrained)
        {
            model.Optimizer.Build(model.TrainableWeights);
        }

        IReadOnlyList<Variable> slots = untrained ? [] : optimizer.SlotVariables;
        if (saved.Count != scalars + slots.Count && !untrained)
        {
            throw new StateMismatchException(
                $"the file has {saved.Count} optimizer variables; {optimizer.ClassName} has {scalars + slots.Count} for the model "
                    + $"'{model.Name}'.");
        }

        if (saved.Skip(scalars).Zip(slots)
            .FirstOrDefault(pair => !WeightTransfer.Fits(pair.First, pair.Second)) is { First: not null } unfit)
        {
            throw new StateMismatchException(WeightTransfer.ShapeProblem(unfit.First, unfit.Second));
        }

        optimizer.Steps = iterations;
        if (rate is { } number)
        {
            optimizer.LearningRate = number;
        }

        WeightTransfer.Copy(saved.Skip(scalars).Zip(slots));
        if (scale is { } found && around!.Built)
        {
            around.SetScale(found.Counted, found.Scale);
        }
    }

    /// <summary>Inserts the learning rate where Keras 3 stores it, if a file of an older version has none there.</summary>
    public static IReadOnlyList<WeightData> WithLearningRate(Model model, IReadOnlyList<WeightData> saved) =>
        model.Optimizer is { Schedule: null } optimizer && saved is [var iteration, ..] && (saved.Count == 1 || saved[1].Shape.Length > 0)
            ? [iteration, WeightData.Scalar("learning_rate", (float)optimizer.LearningRate), .. saved.Skip(1)]
            : saved;

    /// <summary>
    /// The same if only the weights matter: state that does not match this optimizer is skipped with a warning, as in Keras.
    /// </summary>
    public static void TryLoad(Model model, IReadOnlyList<WeightData> saved, string path, List<string> warnings)
    {
        try
        {
            Load(model, saved, path);
        }
        catch (Exception exception) when (exception is ModelFormatException or InvalidOperationException)
        {
            warnings.Add($"The optimizer's state was not loaded: {(exception as ModelFormatException)?.Problem ?? exception.Message}");
        }
    }

    private sealed class StateMismatchException(string message) : Exception(message);

    private static (long Iterations, double? Rate) Scalars(IReadOnlyList<WeightData> saved, int scalars, string path)
    {
        CheckNumbers(saved.Take(scalars), path);
        double? rate = scalars == 2 && saved.Count > 1 ? saved[1].ToSingles()[0] : null;
        if (rate is double.NaN)
        {
            throw new ModelFormatException("the learning rate is not a number.", path, saved[1].Name);
        }

        return (Math.Max(0, saved[0].ToInt64s()[0]), rate);
    }

    private static (int Counted, float Scale) LossScale(IReadOnlyList<WeightData> saved, string path)
    {
        CheckNumbers(saved.Take(4), path);
        float scale = saved[3].ToSingles()[0];
        if (!LossScaleOptimizer.IsScale(scale))
        {
            throw new ModelFormatException($"the loss scale must be finite and positive, found {scale}.", path, saved[3].Name);
        }

        return ((int)Math.Clamp(saved[2].ToInt64s()[0], 0, int.MaxValue - 1), scale);
    }

    private static void CheckNumbers(IEnumerable<WeightData> numbers, string path)
    {
        foreach (WeightData number in numbers)
        {
            if (number.ElementCount != 1)
            {
                throw new ModelFormatException($"expected one number, found the shape {(Shape)number.Shape}.", path, number.Name);
            }
        }
    }

    private static WeightData Rate(Optimizer optimizer, double rate) => WeightData.Scalar($"{optimizer.Name}/learning_rate", (float)rate);

    private static WeightData Iteration(Optimizer optimizer, long steps)
    {
        string name = $"{optimizer.Name}/iteration";
        return steps <= int.MaxValue ? WeightData.Scalar(name, (int)steps) : WeightData.FromInt64(name, [], new[] { steps });
    }
}
