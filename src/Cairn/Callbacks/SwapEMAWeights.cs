using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Evaluates and predicts with the exponential moving averages (EMA) of the weights instead of the weights. Keras:
/// <c>callbacks.SwapEMAWeights</c>.
/// </summary>
/// <example>
/// <code>
/// model.Compile(new SGD(0.01, useEma: true), "mse");
/// model.Fit(x, y, epochs: 20, validationSplit: 0.2,
///     callbacks: [new SwapEMAWeights(swapOnEpoch: true), new ModelCheckpoint("average.keras")]);
/// </code>
/// </example>
/// <remarks>
/// The optimizer must maintain the averages (<c>useEma: true</c>). They are swapped with the weights before evaluation, validation or
/// prediction, in place and without a copy of the model, and swapped back afterwards. Other callbacks must not change the weights in
/// between. At the end of training the weights are replaced by the averages, as always with <c>useEma</c>.
/// </remarks>
public sealed class SwapEMAWeights : Callback
{
    /// <summary>Creates the callback.</summary>
    /// <param name="swapOnEpoch">
    /// Whether the averages also stay in the model between epochs, so that later callbacks, such as <see cref="ModelCheckpoint"/>, use
    /// them; the weights are then stored in the optimizer's variables. Default false.
    /// </param>
    public SwapEMAWeights(bool swapOnEpoch = false) => SwapOnEpoch = swapOnEpoch;

    /// <summary>Whether the averages also stay in the model between epochs.</summary>
    public bool SwapOnEpoch { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer does not maintain averages.</exception>
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

        Enter("later callbacks use the averages of the weights");
        if (epoch == Params.Epochs - 1)
        {
            // From here on the end of training is saved: the averages, as weights and as averages.
            AveragingOptimizer().FinalizeVariableValues();
        }
    }

    /// <summary>Undoes the swap of an epoch if training was interrupted before the next one began.</summary>
    /// <param name="logs">Not used.</param>
    public override void OnTrainEnd(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer does not maintain averages, or has not trained yet.</exception>
    public override void OnTestBegin(Logs logs) => Enter("evaluated with the averages of the weights");

    /// <inheritdoc/>
    public override void OnTestEnd(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer does not maintain averages, or has not trained yet.</exception>
    public override void OnPredictBegin(Logs logs) => Enter("predicted with the averages of the weights");

    // Keras 3.16 does not swap back here, although its documentation says so.

    /// <inheritdoc/>
    public override void OnPredictEnd(Logs logs) => Leave(AveragingOptimizer());

    /// <inheritdoc/>
    /// <returns>An empty state: the optimizer saves which values are swapped.</returns>
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
            Record(EventKind.WeightsSwapped, "weights swapped back");
        }
    }

    private Optimizer AveragingOptimizer()
    {
        Optimizer optimizer = Model.Optimizer?.Inner ?? throw new InvalidOperationException(
            $"{Name} needs an optimizer that averages the weights. Pass one with useEma: true to Compile.");
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
