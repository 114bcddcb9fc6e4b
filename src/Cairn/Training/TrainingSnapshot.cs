using Cairn.Callbacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The weights of a model and all that its optimizer keeps, to be put back after something was tried out.</summary>
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
        numbers = [.. Variables.Select(variable => variable.Value.detach().clone().DetachFromDisposeScope())];
        steps = model.Optimizer!.Steps;
        rate = model.Optimizer.Schedule is null ? model.Optimizer.LearningRate : null;
    }

    private IEnumerable<Variable> Variables => model.Weights.Concat(model.Optimizer!.SlotVariables);

    /// <summary>Puts everything back.</summary>
    public void Restore()
    {
        using (no_grad())
        {
            foreach ((Variable variable, Tensor saved) in Variables.Zip(numbers))
            {
                variable.Value.copy_(saved);
            }
        }

        model.Optimizer!.Steps = steps;
        if (rate is { } number)
        {
            model.Optimizer.LearningRate = number;
        }
    }

    /// <summary>Writes it into the state of a callback, for the next process.</summary>
    public void Save(SavedState state)
    {
        state.Set(Numbers, numbers.Select(number => (NDArray)number).ToArray());
        state.Set(Steps, steps);
        state.Set(Rate, rate);
    }

    /// <summary>Takes over what <see cref="Save"/> wrote, in place of what it has.</summary>
    /// <exception cref="InvalidOperationException">It is that of another model.</exception>
    public void Load(SavedState state)
    {
        if (state.GetArraysOrNull(Numbers) is not { } saved || saved.Count != numbers.Length)
        {
            throw new InvalidOperationException($"The state does not hold the {numbers.Length} variables of the model '{model.Name}' and "
                + "its optimizer.");
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
