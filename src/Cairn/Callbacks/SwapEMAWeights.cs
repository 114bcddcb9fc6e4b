using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Measures and predicts with the moving averages of the weights instead of the weights themselves. Keras:
/// <c>callbacks.SwapEMAWeights</c>.
/// </summary>
/// <example>
/// <code>
/// model.Compile(new SGD(0.01, useEma: true), "mse");
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2, callbacks: [new SwapEMAWeights(swapOnEpoch: true), new ModelCheckpoint("average.keras")]);
/// </code>
/// </example>
/// <remarks>
/// The optimizer must keep the averages (<c>useEma: true</c>). Before an evaluation, a validation or a prediction they change places with
/// the weights, in place and without a copy of the model, and change back afterwards. Do not change the weights in other callbacks in
/// between. When training has ended, the averages are in the weights, as always with <c>useEma</c>.
/// </remarks>
public sealed class SwapEMAWeights : Callback
{
    /// <summary>Creates the callback.</summary>
    /// <param name="swapOnEpoch">
    /// Whether the averages also stay in the weights between epochs, so that callbacks behind this one, such as
    /// <see cref="ModelCheckpoint"/>, see and save them; the weights themselves are then among the optimizer's variables. Default false.
    /// </param>
    public SwapEMAWeights(bool swapOnEpoch = false) => SwapOnEpoch = swapOnEpoch;

    /// <summary>Whether the averages also stay in the weights between epochs.</summary>
    public bool SwapOnEpoch { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer keeps no averages.</exception>
    public override void OnTrainBegin(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        if (SwapOnEpoch)
        {
            Leave(AveragingOptimizer());
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (!SwapOnEpoch)
        {
            return;
        }

        Enter("callbacks that follow see the averages of the weights");
        if (epoch == Params.Epochs - 1)
        {
            // What is saved from here on is the end of the training: the averages, in both places.
            AveragingOptimizer().FinalizeVariableValues();
        }
    }

    /// <summary>Undoes the swap of an epoch whose training was interrupted before the next one began.</summary>
    /// <param name="logs">Not used.</param>
    public override void OnTrainEnd(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer keeps no averages, or has not trained yet.</exception>
    public override void OnTestBegin(Logs logs) => Enter("measured with the averages of the weights");

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer keeps no averages, or has not trained yet.</exception>
    public override void OnPredictBegin(Logs logs) => Enter("predicted with the averages of the weights");

    // Keras 3.16 forgets to swap back here, although it promises to.

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    /// <returns>Nothing: where the averages lie is the optimizer's to remember.</returns>
    public override SavedState? SaveState() => new();

    private void Enter(string why)
    {
        Optimizer optimizer = AveragingOptimizer();
        if (!optimizer.Built || optimizer.Steps == 0)
        {
            throw new InvalidOperationException($"{Name}: there are no averages of the weights before the first step of training. "
                + "Call Fit first.");
        }

        if (!optimizer.AveragesInWeights)
        {
            optimizer.SwapAverages();
            Record(EventKind.WeightsSwapped, why);
        }
    }

    private void Leave(Optimizer optimizer)
    {
        if (optimizer.AveragesInWeights)
        {
            optimizer.SwapAverages();
            Record(EventKind.WeightsSwapped, "the weights are back in their place");
        }
    }

    private Optimizer AveragingOptimizer()
    {
        Optimizer optimizer = Model.Optimizer?.Inner ?? throw new InvalidOperationException(
            $"{Name} needs an optimizer that keeps averages of the weights. Call Compile with one that has useEma: true.");
        return optimizer.KeepsAverages
            ? optimizer
            : throw new InvalidOperationException(
                $"{Name} must be used when useEma: true is set on the optimizer. Received: useEma: false, from {optimizer.ClassName}.");
    }

    internal static SwapEMAWeights FromConfig(ConfigReader config) => new(config.Bool("swap_on_epoch", false));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["swap_on_epoch"] = SwapOnEpoch;
    }
}
