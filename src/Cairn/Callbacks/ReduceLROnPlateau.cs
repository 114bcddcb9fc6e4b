using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>Lowers the learning rate when a monitored value has stopped improving. Keras: <c>callbacks.ReduceLROnPlateau</c>.</summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 50, validationSplit: 0.2, callbacks: [new ReduceLROnPlateau(factor: 0.2, patience: 5, minLr: 0.001)]);
/// </code>
/// </example>
/// <remarks>
/// It adds <c>learning_rate</c> to the logs of every epoch: the rate before this epoch's reduction.
/// The comparison is made in float32, as in Keras.
/// Beyond Keras, <c>restoreBestWeights: true</c> goes back to the weights of the best epoch whenever the rate is lowered, so that the
/// smaller steps start from there. What the optimizer keeps about its past steps stays as it is.
/// </remarks>
public sealed class ReduceLROnPlateau : MonitorCallback
{
    private NDArray[]? bestWeights;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">The watched name. Default <c>val_loss</c>.</param>
    /// <param name="factor">The new rate is <c>old rate · factor</c>. Less than 1; default 0.1.</param>
    /// <param name="patience">Epochs without improvement after which the rate is lowered; 0 acts like 1. Default 10.</param>
    /// <param name="verbose">1 prints each reduction. Default 0.</param>
    /// <param name="mode">Which way is better: <c>"auto"</c> (default), <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="minDelta">How much better counts as better; its sign is ignored. Default 1e-4.</param>
    /// <param name="cooldown">Epochs after a reduction in which lack of improvement is not counted. Default 0.</param>
    /// <param name="minLr">The rate is never lowered below this. Default 0.</param>
    /// <param name="restoreBestWeights">
    /// Whether the weights of the best epoch are put back each time the rate is lowered. They are copied at every improvement. Default
    /// false.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="factor"/> is 1 or more, or NaN; or <paramref name="monitor"/> is empty.
    /// </exception>
    public ReduceLROnPlateau(
        string monitor = "val_loss",
        double factor = 0.1,
        int patience = 10,
        int verbose = 0,
        MonitorMode mode = default,
        double minDelta = 1e-4,
        int cooldown = 0,
        double minLr = 0,
        bool restoreBestWeights = false)
        : base(monitor, mode, minDelta)
    {
        if (!(factor < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(factor), factor, $"ReduceLROnPlateau does not support a factor >= 1.0: it is {PythonNumber.Repr(factor)}.");
        }

        Factor = factor;
        Patience = patience;
        Verbose = verbose;
        Cooldown = cooldown;
        MinLr = minLr;
        RestoreBestWeights = restoreBestWeights;
    }

    /// <summary>The new rate is the old one times this.</summary>
    public double Factor { get; }

    /// <summary>Epochs without improvement after which the rate is lowered.</summary>
    public int Patience { get; }

    /// <summary>0 silent, 1 prints each reduction.</summary>
    public int Verbose { get; }

    /// <summary>Epochs after a reduction in which lack of improvement is not counted.</summary>
    public int Cooldown { get; }

    /// <summary>The rate is never lowered below this.</summary>
    public double MinLr { get; }

    /// <summary>Whether the weights of the best epoch are put back each time the rate is lowered.</summary>
    public bool RestoreBestWeights { get; }

    /// <summary>Index of the best epoch so far; 0 before the first.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Epochs without improvement so far.</summary>
    public int Wait { get; private set; }

    /// <summary>Epochs of the cooldown that are left.</summary>
    public int CooldownCounter { get; private set; }

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        Forget();
        (Wait, CooldownCounter, BestEpoch, bestWeights) = (0, 0, 0, null);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        SettleDirection();
        Optimizer optimizer = Model.Optimizer
            ?? throw new InvalidOperationException($"{Name} needs an optimizer whose learning rate it can lower. Call Compile first.");
        logs["learning_rate"] = optimizer.LearningRate;
        if (!logs.TryGetValue(Monitor, out double current))
        {
            Warn(
                $"Learning rate reduction is conditioned on metric `{Monitor}` which is not available. "
                + $"Available metrics are: {string.Join(",", logs.Keys)}.");
            return;
        }

        if (CooldownCounter > 0)
        {
            CooldownCounter--;
            Wait = 0;
        }

        if (IsImprovement(current, Best))
        {
            SetBest(current);
            (Wait, BestEpoch) = (0, epoch);
            if (RestoreBestWeights)
            {
                bestWeights = Model.GetWeights();
            }
        }
        else if (CooldownCounter <= 0)
        {
            Wait++;
            if (Wait >= Patience && Reduce(optimizer, epoch))
            {
                CooldownCounter = Cooldown;
                Wait = 0;
            }
        }
    }

    /// <inheritdoc/>
    public override SavedState? SaveState()
    {
        SavedState state = base.SaveState()!;
        state.Set("wait", Wait);
        state.Set("cooldown_counter", CooldownCounter);
        state.Set("best_epoch", BestEpoch);
        state.Set("best_weights", bestWeights);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        base.LoadState(state);
        (Wait, CooldownCounter, BestEpoch) = (state.GetInt32("wait"), state.GetInt32("cooldown_counter"), state.GetInt32("best_epoch"));
        bestWeights = state.GetArraysOrNull("best_weights")?.ToArray();
    }

    private bool Reduce(Optimizers.Optimizer optimizer, int epoch)
    {
        double old = optimizer.LearningRate;
        if (!((float)old > (float)MinLr))
        {
            return false;
        }

        double lowered = old * Factor;
        if (MinLr > lowered)
        {
            lowered = MinLr;
        }

        optimizer.LearningRate = lowered;
        if (Verbose > 0)
        {
            Print($"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {PythonNumber.Repr(lowered)}.");
        }

        Record(EventKind.LearningRateReduced, $"learning rate reduced to {PythonNumber.Repr((float)lowered)}", old, optimizer.LearningRate);
        if (bestWeights is not null)
        {
            GoBack(epoch, bestWeights);
        }

        return true;
    }

    private void GoBack(int epoch, NDArray[] weights)
    {
        if (Verbose > 0)
        {
            Print($"\nEpoch {epoch + 1}: ReduceLROnPlateau restoring model weights from the end of the best epoch: {BestEpoch + 1}.");
        }

        Model.SetWeights(weights);
        Record(EventKind.WeightsRestored, $"weights restored from the end of epoch {BestEpoch + 1}", newValue: Best);
    }

    internal static ReduceLROnPlateau FromConfig(ConfigReader config) => new(
        config.OptionalString("monitor") ?? "val_loss",
        config.Double("factor", 0.1),
        config.Int("patience", 10),
        config.Int("verbose", 0),
        config.OptionalString("mode") ?? "auto",
        config.Double("min_delta", 1e-4),
        config.Int("cooldown", 0),
        config.Double("min_lr", 0),
        config.Bool("restore_best_weights", false));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["monitor"] = Monitor;
        config["factor"] = ConfigNumber.Of(Factor);
        config["patience"] = Patience;
        config["verbose"] = Verbose;
        config["mode"] = Mode.ToString();
        config["min_delta"] = ConfigNumber.Of(MinDelta);
        config["cooldown"] = Cooldown;
        config["min_lr"] = ConfigNumber.Of(MinLr);
        config["restore_best_weights"] = RestoreBestWeights;
    }
}
