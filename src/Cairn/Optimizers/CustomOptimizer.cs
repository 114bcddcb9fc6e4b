using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Optimizers;

/// <summary>
/// Base class of user-defined optimizers: override <see cref="UpdateStep"/>. Clipping, weight decay, averages, constraints, schedules and
/// files work as for the other optimizers. To use a formula without a class, see <c>Optimizer.From</c>.
/// </summary>
/// <remarks>
/// <code>
/// sealed class Momentum(double rate) : CustomOptimizer(rate)
/// {
///     protected override IReadOnlyList&lt;string&gt; StateNames => ["velocity"];
///
///     protected override void UpdateStep(Tensor weight, Tensor gradient, double learningRate, IReadOnlyList&lt;Tensor&gt; state)
///     {
///         state[0].mul_(0.9).sub_(gradient * learningRate);
///         weight.add_(state[0]);
///     }
/// }
/// </code>
/// Files contain the class name; to load them, register the class with <see cref="CustomObjects"/>. Keras: a class derived from
/// <c>optimizers.Optimizer</c>.
/// </remarks>
public abstract class CustomOptimizer : Optimizer
{
    private float rate;

    /// <summary>Initializes the optimizer.</summary>
    /// <param name="learningRate">The learning rate; 0.001 by default.</param>
    /// <param name="weightDecay">Weight decay: each step subtracts <c>weightDecay · learning rate · weight</c>; none by default.</param>
    /// <param name="clipNorm">Maximum norm of the gradient of each variable.</param>
    /// <param name="clipValue">Maximum absolute value of each gradient element.</param>
    /// <param name="globalClipNorm">Maximum global norm of all gradients.</param>
    /// <param name="useEma">Whether to keep a moving average of the weights, which replaces them at the end of <c>Fit</c>.</param>
    /// <param name="emaMomentum">Momentum of the average, [0, 1]; 0.99 by default.</param>
    /// <param name="gradientAccumulationSteps">Number of steps, 2 or more, to average gradients over before each update.</param>
    /// <param name="name">Name of the optimizer; the class name in snake case by default.</param>
    /// <exception cref="ArgumentException">An argument is out of range, or more than one clipping argument is set.</exception>
    protected CustomOptimizer(
        LearningRate? learningRate = null,
        double? weightDecay = null,
        double? clipNorm = null,
        double? clipValue = null,
        double? globalClipNorm = null,
        bool useEma = false,
        double emaMomentum = 0.99,
        int? gradientAccumulationSteps = null,
        string? name = null)
        : base(
            new OptimizerSettings(
                learningRate, weightDecay, clipNorm, clipValue, globalClipNorm, useEma, emaMomentum, null, null,
                gradientAccumulationSteps, name),
            0.001)
    {
    }

    /// <summary>The names of the state tensors of each weight, which are initialized with zeros of its shape; none by default.</summary>
    protected virtual IReadOnlyList<string> StateNames => [];

    private protected sealed override IReadOnlyList<string[]> SlotGroups => StateNames.Count == 0 ? [] : [[.. StateNames]];

    internal sealed override bool HasFusedPass => false;

    internal sealed override Optimizer? NewLikeIt(IReadOnlyList<Variable> variables) => null;

    /// <summary>Updates one weight in place. Runs without recording gradients; its tensors are freed.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="gradient">The gradient, in the weight's shape.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="state">The state tensors of the weight, in the order of <see cref="StateNames"/>; change them in place.</param>
    protected abstract void UpdateStep(Tensor weight, Tensor gradient, double learningRate, IReadOnlyList<Tensor> state);

    /// <summary>
    /// Writes the settings of the class to its configuration; the learning rate and the common settings are already included.
    /// </summary>
    /// <param name="config">The configuration.</param>
    protected virtual void WriteSettings(JsonObject config)
    {
    }

    private protected sealed override void BeginStep(float rate) => this.rate = rate;

    private protected sealed override void Update(Tensor weight, Tensor gradient, IReadOnlyList<Variable> slots) =>
        UpdateStep(weight, gradient, rate, [.. slots.Select(slot => slot.Value)]);

    private protected sealed override void WriteConfig(JsonObject config) => WriteSettings(config);
}
