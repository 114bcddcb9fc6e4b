using Cairn.Callbacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>A copy of the weights of a model and the state of its optimizer, to be restored after an experiment.</summary>
internal sealed class TrainingSnapshot : IDisposable
{
    private const string Numbers = "before";
    private const string Steps = "steps_before";
    private const string Rate = "rate_before";
    private readonly Model model;
    private readonly Tensor[] numbers;
    private long steps;
    private double? rate;

    public TrainingSnapshot(Model model)
    {
        this.model = model;
        using IDisposable _ = no_grad();
        numbers = [.. Variables.Select(variable => variable.Stored.detach().clone().DetachFromDisposeScope())];
        steps = model.Optimizer!.Steps;
        rate = model.Optimizer.Schedule is null ? model.Optimizer.LearningRate : null;
    }

    private IEnumerable<Variable> Variables => model.Weights.Concat(model.Optimizer!.SlotVariables);

    /// <summary>Restores the snapshot.</summary>
    public void Restore()
    {
        using (no_grad())
        {
            // Of a state that is divided among processes, each restores its part.
            foreach ((Variable variable, Tensor saved) in Variables.Zip(numbers).Where(pair => !pair.First.IsElsewhere))
            {
                variable.Stored.copy_(saved);
            }
        }

        model.Optimizer!.Steps = steps;
        if (rate is { } number)
        {
            model.Optimizer.LearningRate = number;
        }
    }

    /// <summary>Saves the snapshot in the state of a callback.</summary>
    public void Save(SavedState state)
    {
        state.Set(Numbers, numbers.Select(number => (NDArray)number).ToArray());
        state.Set(Steps, steps);
        state.Set(Rate, rate);
    }

    /// <summary>Replaces the snapshot with one written by <see cref="Save"/>.</summary>
    /// <exception cref="InvalidOperationException">The snapshot belongs to a different model.</exception>
    public void Load(SavedState state)
    {
        if (state.GetArraysOrNull(Numbers) is not { } saved || saved.Count != numbers.Length)
        {
            throw new InvalidOperationException($"The state does not contain the {numbers.Length} variables of the model '{model.Name}' "
                + "and its optimizer.");
        }

        using DisposeScope scope = NewDisposeScope();
        foreach ((Tensor to, NDArray from) in numbers.Zip(saved))
        {
            to.copy_(from.ToTensor());
        }

        (steps, rate) = (state.GetInt64(Steps), state.GetDoubleOrNull(Rate));
    }

    public void Dispose()
    {
        foreach (Tensor tensor in numbers)
        {
            tensor.Dispose();
        }
    }
}
