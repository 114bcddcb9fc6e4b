using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>An optimizer defined by a function.</summary>
/// <param name="function">Returns the new weight from weight, gradient, learning rate and state, which it changes in place.</param>
/// <param name="state">The names of the state tensors.</param>
/// <param name="learningRate">The learning rate.</param>
/// <param name="name">The name in files.</param>
internal sealed class FunctionOptimizer(
    Func<Tensor, Tensor, double, IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<string> state, LearningRate? learningRate,
    string name)
    : CustomOptimizer(learningRate, name: name)
{
    public override string ClassName => Name;

    protected override IReadOnlyList<string> StateNames => state;

    protected override void UpdateStep(Tensor weight, Tensor gradient, double learningRate, IReadOnlyList<Tensor> state) =>
        weight.copy_(function(weight, gradient, learningRate, state));
}
