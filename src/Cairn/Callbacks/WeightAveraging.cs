using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Saving;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Callbacks;

/// <summary>
/// Averages the weights during training and sets them to the average at the end. This often generalizes better than the weights of any
/// single epoch (stochastic weight averaging; Izmailov et al., 2018), or is less noisy (exponential moving average).
/// </summary>
/// <example>
/// <code>
/// // The mean of the weights at the end of epochs 15 to 19 (indices).
/// model.Fit(x, y, epochs: 20, callbacks: [new WeightAveraging(startEpoch: 15)]);
///
/// // An exponential moving average over all batches.
/// model.Fit(x, y, epochs: 20, callbacks: [new WeightAveraging(decay: 0.999, everyBatches: 1)]);
/// </code>
/// </example>
/// <remarks>
/// All weights are averaged, including the moving statistics of normalization layers. Validation and the files of other callbacks use the
/// weights, not the averages. If several callbacks replace the weights at the end, such as <see cref="EarlyStopping"/> with
/// <c>restoreBestWeights</c>, the last one in the list wins. To validate with averages, those of the optimizer, use
/// <see cref="SwapEMAWeights"/>.
/// </remarks>
public sealed class WeightAveraging : Callback
{
    private Tensor[]? averages;
    private int epoch;
    private int waiting;

    /// <summary>Creates the callback.</summary>
    /// <param name="startEpoch">Index of the first epoch to average, from 0. Default 0.</param>
    /// <param name="decay">
    /// Decay of an exponential moving average, from 0 to 1, such as 0.999; null (default) for the arithmetic mean.
    /// </param>
    /// <param name="everyBatches">
    /// Interval, in batches, at which the average is updated, 1 or more; null (default) to update it at the end of each epoch.
    /// </param>
    /// <param name="verbose">1 prints a message when the weights are set to the average. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public WeightAveraging(int startEpoch = 0, double? decay = null, int? everyBatches = null, int verbose = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startEpoch);
        if (decay is { } past && !(past is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), past, "decay must be from 0 to 1, or null for the arithmetic mean.");
        }

        if (everyBatches is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(everyBatches), everyBatches,
                "everyBatches must be 1 or more, or null for each epoch.");
        }

        StartEpoch = startEpoch;
        Decay = decay;
        EveryBatches = everyBatches;
        Verbose = verbose;
    }

    /// <summary>Index of the first epoch to average.</summary>
    public int StartEpoch { get; }

    /// <summary>Decay of an exponential moving average; null for the arithmetic mean.</summary>
    public double? Decay { get; }

    /// <summary>Interval, in batches, at which the average is updated; null for the end of each epoch.</summary>
    public int? EveryBatches { get; }

    /// <summary>0 = silent, 1 = prints a message when the weights are set to the average.</summary>
    public int Verbose { get; }

    /// <summary>Number of updates of the average in this training.</summary>
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
            Warn($"{Name}: no weights were averaged, because training ended before the end of epoch index {StartEpoch}.");
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
            Print($"WeightAveraging: weights set to their {kind} over {where}.");
        }

        Record(EventKind.WeightsAveraged, $"weights set to their {kind} over {where}", newValue: Count);
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

        // The arithmetic mean is a moving average whose newest element has the weight 1/count.
        float share = (float)(Decay is { } past ? 1 - past : 1.0 / Count);
        for (int index = 0; index < averages.Length; index++)
        {
            averages[index].add_((weights[index].Value - averages[index]) * Held(share), Held(1));
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
        config["decay"] = JsonNumber.Of(Decay);
        config["every_batches"] = EveryBatches;
        config["verbose"] = Verbose;
    }
}
