using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>
/// Averages the weights along the way and puts the average in their place when training has ended: it often does better on new data than
/// the weights of any single epoch (stochastic weight averaging; Izmailov et al., 2018), or moves less (exponential moving average).
/// </summary>
/// <example>
/// <code>
/// // The plain mean of the weights at the end of the epochs with the indexes 15 to 19.
/// model.Fit(x, y, epochs: 20, callbacks: [new WeightAveraging(startEpoch: 15)]);
///
/// // An exponential moving average over all batches.
/// model.Fit(x, y, epochs: 20, callbacks: [new WeightAveraging(decay: 0.999, everyBatches: 1)]);
/// </code>
/// </example>
/// <remarks>
/// All weights are averaged, the moving statistics of normalisation layers too. Validation and the files of other callbacks show the
/// weights themselves; of several callbacks that replace the weights at the end, such as <see cref="EarlyStopping"/> with
/// <c>restoreBestWeights</c>, the last in the list wins. <see cref="SwapEMAWeights"/> validates with averages, those of the optimizer.
/// </remarks>
public sealed class WeightAveraging : Callback
{
    private Tensor[]? averages;
    private int epoch;
    private int waiting;

    /// <summary>Creates the callback.</summary>
    /// <param name="startEpoch">Index of the first epoch whose weights are taken, from 0. Default 0.</param>
    /// <param name="decay">
    /// The weight of the past in an exponential moving average, 0 to 1, such as 0.999; null (default) for the plain mean.
    /// </param>
    /// <param name="everyBatches">Takes the weights after this many batches each time, 1 or more; null (default) at the end of epochs.</param>
    /// <param name="verbose">1 prints it when the average takes the weights' place. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public WeightAveraging(int startEpoch = 0, double? decay = null, int? everyBatches = null, int verbose = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startEpoch);
        if (decay is { } past && !(past is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), past, "decay must be 0 to 1, or null for the plain mean.");
        }

        if (everyBatches is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(everyBatches), everyBatches,
                "everyBatches must be 1 or more, or null for the end of epochs.");
        }

        StartEpoch = startEpoch;
        Decay = decay;
        EveryBatches = everyBatches;
        Verbose = verbose;
    }

    /// <summary>Index of the first epoch whose weights are taken.</summary>
    public int StartEpoch { get; }

    /// <summary>The weight of the past in an exponential moving average; null for the plain mean.</summary>
    public double? Decay { get; }

    /// <summary>After how many batches the weights are taken each time; null for the end of epochs.</summary>
    public int? EveryBatches { get; }

    /// <summary>0 silent, 1 prints it when the average takes the weights' place.</summary>
    public int Verbose { get; }

    /// <summary>How often weights were taken into the average in this training.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public override bool UsesTrainBatchHooks => EveryBatches is not null;

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs)
    {
        Free();
        (Count, waiting) = (0, 0);
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => this.epoch = epoch;

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (epoch >= StartEpoch && ++waiting >= EveryBatches)
        {
            waiting = 0;
            Take();
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs)
    {
        if (EveryBatches is null && epoch >= StartEpoch)
        {
            Take();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (averages is null)
        {
            Warn($"{Name}: no weights were averaged, since training ended before the epoch with index {StartEpoch} did; they stay "
                + "as they are.");
            return;
        }

        using (no_grad())
        {
            foreach ((Variable? variable, Tensor? average) in Model.Weights.Zip(averages))
            {
                variable.Value.copy_(average);
            }
        }

        Free();
        string kind = Decay is null ? "mean" : "moving average";
        string where = string.Create(CultureInfo.InvariantCulture,
            $"{Count} {(EveryBatches is null ? "epoch" : "batch")}{(Count == 1 ? "" : EveryBatches is null ? "s" : "es")}");
        if (Verbose > 0)
        {
            Print($"WeightAveraging: the weights are now the {kind} of those after {where}.");
        }

        Record(EventKind.WeightsAveraged, $"the weights are the {kind} of those after {where}", newValue: Count);
    }

    /// <inheritdoc/>
    /// <returns>The averages.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("epoch", epoch);
        state.Set("waiting", waiting);
        state.Set("count", Count);
        state.Set("averages", averages?.Select(average => NDArray.From(average.cpu().data<float>().ToArray(), average.shape)).ToArray());
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Free();
        (epoch, waiting, Count) = (state.GetInt32("epoch"), state.GetInt32("waiting"), state.GetInt32("count"));
        if (state.GetArraysOrNull("averages") is { } saved)
        {
            averages = [.. Model.Weights.Zip(saved, (variable, array) => Copy(array.ToTensor().to(variable.Value.device)))];
        }
    }

    private static Tensor Copy(Tensor tensor)
    {
        using IDisposable _ = no_grad();
        return tensor.detach().clone().DetachFromDisposeScope();
    }

    private void Take()
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        Count++;
        IReadOnlyList<Variable> weights = Model.Weights;
        if (averages is null)
        {
            averages = [.. weights.Select(variable => Copy(variable.Value))];
            return;
        }

        // The plain mean is a moving one whose newest member weighs one of all.
        float share = (float)(Decay is { } past ? 1 - past : 1.0 / Count);
        for (int index = 0; index < averages.Length; index++)
        {
            averages[index].add_((weights[index].Value - averages[index]) * share);
        }
    }

    private void Free()
    {
        foreach (Tensor average in averages ?? [])
        {
            average.Dispose();
        }

        averages = null;
    }

    internal static WeightAveraging FromConfig(ConfigReader config) =>
        new(config.Int("start_epoch", 0), config.OptionalDouble("decay"), config.OptionalInt("every_batches"), config.Int("verbose", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["start_epoch"] = StartEpoch;
        config["decay"] = ConfigNumber.Of(Decay);
        config["every_batches"] = EveryBatches;
        config["verbose"] = Verbose;
    }
}
