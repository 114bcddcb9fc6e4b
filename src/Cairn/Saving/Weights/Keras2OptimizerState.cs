using System.Text.RegularExpressions;
using Cairn.Optimizers;

namespace Cairn.Saving;

/// <summary>Reads the optimizer variables of a Keras 2 file, whose names and order differ from Keras 3.</summary>
/// <remarks>
/// <para>TensorFlow up to 2.10: <c>Adam/iter:0</c>, then <c>Adam/dense/kernel/m:0</c> of all weights, then <c>…/v:0</c> of all. From 2.11:
/// <c>iteration:0</c>, <c>learning_rate:0</c>, then <c>Adam/m/dense/kernel:0</c> and <c>Adam/v/dense/kernel:0</c>, weight by
/// weight. Both contain the name of the weight as in the file's layers, by which its state is matched in any order.</para>
/// <para>Keras 2 without TensorFlow uses numbers instead (<c>training/Adam/Variable_3:0</c>, <c>Adam/m_0:0</c>); there the order decides,
/// which is that of the optimizer's <c>weights</c>: iterations, then slot by slot.</para>
/// <para>Ambiguous state is not loaded: starting without state is better than moments in the wrong places.</para>
/// </remarks>
internal static partial class Keras2OptimizerState
{
    private const string Fresh = "The optimizer's state was not loaded";

    /// <summary>Loads the state into the model's optimizer, all of it or nothing.</summary>
    /// <param name="model">A compiled model with weights.</param>
    /// <param name="saved">The optimizer's variables in the file's order.</param>
    /// <param name="weights">The file's weights, by their names in the file, and their variables.</param>
    /// <returns>Null, or the reason why nothing was loaded.</returns>
    public static string? TryLoad(Model model, IReadOnlyList<WeightData> saved, IEnumerable<(WeightData From, Variable To)> weights)
    {
        Optimizer optimizer = model.Optimizer!;
        Dictionary<string, Variable?> byName = Names(weights);
        long? iterations = null;
        double? rate = null;
        List<WeightData> unnamed = [];
        Dictionary<(Variable, string), WeightData> named = [];
        foreach (WeightData data in saved)
        {
            string[] parts = OutputNumber().Replace(data.Name, "").Split('/');
            if (data.ElementCount == 1 && parts[^1] is "iter" or "iteration" or "iterations")
            {
                iterations = data.ToInt64s()[0];
            }
            else if (data.ElementCount == 1 && parts[^1] is "learning_rate" or "lr")
            {
                rate = data.ToSingles()[0];
            }
            else if (parts[^1] is "current_learning_rate" or "decay")
            {
                continue;
            }
            else if (Find(parts, byName, optimizer) is not { } key)
            {
                unnamed.Add(data);
            }
            else if (!named.TryAdd(key, data))
            {
                return $"{Fresh}: the file has two variables for the slot '{key.Slot}' of '{key.Weight.Path}'.";
            }
        }

        optimizer.Build(model.TrainableWeights);
        if (optimizer.HasMoreState)
        {
            return $"{Fresh}: part of it does not belong to weights, and Keras 2 stored that part differently.";
        }

        (Variable Variable, string Slot, Variable State)[] state = [.. optimizer.StateBySlot];
        if (named.Count == 0 && unnamed.Count > 0 && state.Length > 0)
        {
            if (unnamed.FirstOrDefault(data => !IsNumbered(data)) is { } strange)
            {
                return $"{Fresh}: the weight of the variable '{strange.Name}' can't be determined.";
            }

            if (iterations is null && unnamed[0].Shape.Length == 0)
            {
                iterations = unnamed[0].ToInt64s()[0];
                unnamed.RemoveAt(0);
            }

            WeightData[] ordered = WithoutPlaceholders(unnamed, state.Length);
            if (ordered.Length != state.Length)
            {
                return $"{Fresh}: the file has {ordered.Length} variables, but {optimizer.ClassName} needs {state.Length}.";
            }

            foreach ((WeightData data, (Variable variable, string slot, _)) in ordered.Zip(state))
            {
                named.Add((variable, slot), data);
            }
        }

        var pairs = new List<(WeightData From, Variable To)>();
        foreach ((Variable variable, string slot, Variable to) in state)
        {
            if (!named.TryGetValue((variable, slot), out WeightData? from))
            {
                return $"{Fresh}: the file has no variable for the slot '{slot}' of the weight '{variable.Path}'.";
            }

            if (!WeightTransfer.Fits(from, to))
            {
                return $"{Fresh}: '{from.Name}' has the shape {(Shape)from.Shape}, but its weight '{variable.Path}' has {to.Shape}.";
            }

            pairs.Add((from, to));
        }

        // Schedules and most formulas depend on the number of steps.
        if (iterations is null
            && (optimizer is not (SGD or RMSprop or Adagrad or Adadelta or Ftrl or Lion) || optimizer.Schedule is not null))
        {
            return $"{Fresh}: the file does not record the number of steps.";
        }

        WeightTransfer.Copy(pairs);
        optimizer.Steps = Math.Max(0, iterations ?? 0);
        if (rate is { } number and not double.NaN && optimizer.Schedule is null)
        {
            optimizer.LearningRate = number;
        }

        return null;
    }

    // A name that two weights share (null) can't be used.
    private static Dictionary<string, Variable?> Names(IEnumerable<(WeightData From, Variable To)> weights)
    {
        var names = new Dictionary<string, Variable?>(StringComparer.Ordinal);
        foreach ((WeightData from, Variable to) in weights)
        {
            string name = OutputNumber().Replace(from.Name, "");
            if (!names.TryAdd(name, to))
            {
                names[name] = null;
            }
        }

        return names;
    }

    private static (Variable Weight, string Slot)? Find(string[] parts, Dictionary<string, Variable?> weights, Optimizer optimizer)
    {
        // Longest name first: the weight 'a/dense/kernel' must not be matched as 'dense/kernel'.
        for (int start = 0; start < parts.Length - 1; start++)
        {
            if (weights.GetValueOrDefault(string.Join('/', parts[start..^1])) is { } before && SlotName(optimizer, parts[^1]) is { } last)
            {
                return (before, last);
            }

            if (weights.GetValueOrDefault(string.Join('/', parts[(start + 1)..])) is { } behind
                && SlotName(optimizer, parts[start]) is { } first)
            {
                return (behind, first);
            }
        }

        return null;
    }

    private static string? SlotName(Optimizer optimizer, string name) => (optimizer, name) switch
    {
        (Adam, "m") => "momentum",
        (Adam, "v") => "velocity",
        (Adam, "vhat") => "velocity_hat",
        (SGD, "m" or "momentum") => "momentum",
        (RMSprop, "rms" or "velocity") => "velocity",
        (RMSprop, "momentum") => "momentum",
        (RMSprop, "mg" or "average_gradient") => "average_gradient",
        _ => null,
    };

    private static bool IsNumbered(WeightData data) => Numbered().IsMatch(data.Name);

    // Without AMSGrad, Keras 2 stored a single zero per weight in place of its largest velocity.
    private static WeightData[] WithoutPlaceholders(List<WeightData> ordered, int states)
    {
        int weights = states / 2;
        bool has = ordered.Count == states + weights && ordered.Skip(states).All(d => d.Shape is [1] && d.ToSingles()[0] == 0);
        return [.. has ? ordered.Take(states) : ordered];
    }

    [GeneratedRegex(@":\d+$")]
    private static partial Regex OutputNumber();

    [GeneratedRegex(@"(^|/)(Variable(_\d+)?|(m|v|vhat|moment|accumulator)_\d+)(:\d+)?$")]
    private static partial Regex Numbered();
}
