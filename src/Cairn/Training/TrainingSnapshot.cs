using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>The weights of a model and all that its optimizer keeps, to be put back after something was tried out.</summary>
internal sealed class TrainingSnapshot : IDisposable
{
    private readonly Model model;
    private readonly Tensor[] numbers;
    private readonly long steps;
    private readonly double? rate;

    public TrainingSnapshot(Model model)
    {
        this.model = model;
        using var _ = no_grad();
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
            foreach ((Variable variable, Tensor saved) in Variables.Zip(numbers)) variable.Value.copy_(saved);
        }

        model.Optimizer!.Steps = steps;
        if (rate is { } number) model.Optimizer.LearningRate = number;
    }

    public void Dispose()
    {
        foreach (Tensor tensor in numbers) tensor.Dispose();
    }
}
