using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Reduces the learning rate when a monitored value has stopped improving. Keras: <c>callbacks.ReduceLROnPlateau</c>.
/// </summary>
/// <example>
/// <code>
/// model.Fit(x, y, epochs: 50, validationSplit: 0.2, callbacks: [new ReduceLROnPlateau(factor: 0.2, patience: 5, minLr: 0.001)]);
/// </code>
/// </example>
/// <remarks>
/// The callback adds <c>learning_rate</c> to the logs of every epoch: the rate before a reduction in that epoch. Values are compared in
/// float32, as in Keras. Cairn extends Keras: with <c>restoreBestWeights: true</c> the weights of the best epoch are restored whenever the
/// rate is reduced, so that training continues from there with smaller steps. The optimizer state is not restored.
/// </remarks>
public sealed class ReduceLROnPlateau : MonitorCallback
{
    private NDArray[]? bestWeights;

    /// <summary>Creates the callback.</summary>
    /// <param name="monitor">Name of the value to monitor. Default <c>val_loss</c>.</param>
    /// <param name="factor">Factor by which the rate is reduced: <c>new_lr = lr * factor</c>. Above 0 and below 1; default 0.1.</param>
    /// <param name="patience">Number of epochs without improvement after which the rate is reduced; 0 acts like 1. Default 10.</param>
    /// <param name="verbose">1 prints a message for each reduction. Default 0.</param>
    /// <param name="mode">Whether lower or higher is better: <c>"auto"</c> (default), <c>"min"</c> or <c>"max"</c>.</param>
    /// <param name="minDelta">Minimum change that counts as an improvement; its sign is ignored. Default 1e-4.</param>
    /// <param name="cooldown">
    /// Number of epochs to wait after a reduction before epochs without improvement are counted again. Default 0.
    /// </param>
    /// <param name="minLr">Lower bound of the learning rate. Default 0.</param>
    /// <param name="restoreBestWeights">
    /// Whether to restore the weights of the best epoch each time the rate is reduced. The weights are copied at every improvement. Default
    /// false.
    /// </param>
    /// <exception cref="ArgumentException">
    /// <paramref name="factor"/> is not between 0 and 1; <paramref name="patience"/>, <paramref name="cooldown"/> or
    /// <paramref name="minLr"/> is negative; <paramref name="minDelta"/> or <paramref name="minLr"/> is NaN; or <paramref name="monitor"/>
    /// is empty.
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

        if (factor <= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(factor), factor, $"factor must be above 0 and below 1, such as 0.5; with {PythonNumber.Repr(factor)}, training "
                + $"would stop making progress.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegative(cooldown);
        NotNaN(minLr, nameof(minLr));
        ArgumentOutOfRangeException.ThrowIfNegative(minLr);
        Factor = factor;
        Patience = patience;
        Verbose = verbose;
        Cooldown = cooldown;
        MinLr = minLr;
        RestoreBestWeights = restoreBestWeights;
    }

    /// <summary>Factor by which the learning rate is multiplied.</summary>
    public double Factor { get; }

    /// <summary>Number of epochs without improvement after which the rate is reduced.</summary>
    public int Patience { get; }

    /// <summary>0 = silent, 1 = prints a message for each reduction.</summary>
    public int Verbose { get; }

    /// <summary>Number of epochs to wait after a reduction before epochs without improvement are counted again.</summary>
    public int Cooldown { get; }

    /// <summary>Lower bound of the learning rate.</summary>
    public double MinLr { get; }

    /// <summary>Whether the weights of the best epoch are restored each time the rate is reduced.</summary>
    public bool RestoreBestWeights { get; }

    /// <summary>Index, from 0, of the best epoch so far; 0 before the first. Messages count epochs from 1.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Number of epochs without improvement so far.</summary>
    public int Wait { get; private set; }

    /// <summary>Remaining epochs of the cooldown.</summary>
    public int CooldownCounter { get; private set; }

    internal override bool MayLog(string name) => name == "learning_rate";

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        Forget();
        (Wait, CooldownCounter, BestEpoch, bestWeights) = (0, 0, 0, null);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        ResolveDirection();
        Optimizer optimizer = Model.Optimizer
            ?? throw new InvalidOperationException($"{Name} needs an optimizer whose learning rate it can reduce. Call Compile first.");
        logs["learning_rate"] = optimizer.LearningRate;
        if (!logs.TryGetValue(Monitor, out double current))
        {
            WarnOfMissing(
                Watched,
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
        config["factor"] = JsonNumber.Of(Factor);
        config["patience"] = Patience;
        config["verbose"] = Verbose;
        config["mode"] = Mode.ToString();
        config["min_delta"] = JsonNumber.Of(MinDelta);
        config["cooldown"] = Cooldown;
        config["min_lr"] = JsonNumber.Of(MinLr);
        config["restore_best_weights"] = RestoreBestWeights;
    }
}
