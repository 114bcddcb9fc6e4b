using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Gathers the gradients of several batches for one change of the weights: a batch as large as memory does not hold. How many may differ
/// from epoch to epoch.
/// </summary>
/// <example>
/// <code>
/// // Four batches for one change at first, sixteen from the epoch with index 5 on.
/// model.Fit(x, y, epochs: 20, callbacks: [new GradientAccumulation(new Dictionary&lt;int, int&gt; { [0] = 4, [5] = 16 })]);
/// </code>
/// </example>
/// <remarks>
/// It sets what Keras' optimizers take as <c>gradient_accumulation_steps</c>, and like there the mean of the gradients counts, not their
/// sum. Unlike there, no gradients wait from one epoch to the next: the last batch of an epoch changes the weights with what has been
/// gathered. When training has ended, the optimizer is set as it was.
/// The learning-rate schedule of an optimizer goes on with every batch, as in Keras.
/// </remarks>
public sealed class GradientAccumulation : Callback
{
    private int own = 1;

    /// <summary>Gathers the same number of batches throughout.</summary>
    /// <param name="steps">Batches for one change of the weights, 1 or more.</param>
    /// <param name="verbose">1 prints it. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is less than 1.</exception>
    public GradientAccumulation(int steps, int verbose = 0)
        : this(new Dictionary<int, int> { [0] = CheckedSteps(steps) }, verbose)
    {
    }

    /// <summary>Gathers numbers of batches that change with the epochs.</summary>
    /// <param name="schedule">
    /// For indexes of epochs, from 0, the number of batches for one change of the weights from that epoch on, 1 or more. Before the
    /// first of them it is what the optimizer is set to.
    /// </param>
    /// <param name="verbose">1 prints each change. Default 0.</param>
    /// <exception cref="ArgumentException">The schedule is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An epoch is negative, or a number is less than 1.</exception>
    public GradientAccumulation(IReadOnlyDictionary<int, int> schedule, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        if (schedule.Count == 0)
        {
            throw new ArgumentException("schedule is empty; it needs at least one epoch with a number of batches, such as { [0] = 4 }.",
                nameof(schedule));
        }

        foreach ((int epoch, int steps) in schedule)
        {
            if (epoch < 0 || steps < 1)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(schedule), $"schedule has {steps} for the epoch {epoch}; epochs are counted from 0, and numbers of batches "
                    + "are 1 or more.");
            }
        }

        Schedule = schedule.OrderBy(entry => entry.Key).ToDictionary();
        Verbose = verbose;
    }

    /// <summary>For indexes of epochs the number of batches from that epoch on.</summary>
    public IReadOnlyDictionary<int, int> Schedule { get; }

    /// <summary>0 silent, 1 prints each change.</summary>
    public int Verbose { get; }

    private Optimizer Optimizer =>
        Model.Optimizer?.Inner ?? throw new InvalidOperationException($"{Name} needs an optimizer. Call Compile first.");

    /// <inheritdoc/>
    public override void OnTrainBegin(Logs logs) => own = Optimizer.AccumulationSteps;

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        Optimizer optimizer = Optimizer;
        int old = optimizer.AccumulationSteps;
        int steps = Schedule.LastOrDefault(entry => entry.Key <= epoch, new KeyValuePair<int, int>(0, own)).Value;
        if (steps == old)
        {
            return;
        }

        optimizer.AccumulateOver(steps);
        if (Verbose > 0)
        {
            Print($"\nEpoch {epoch + 1}: GradientAccumulation gathering the gradients of {Batches(steps)} for each change of the weights.");
        }

        Record(EventKind.AccumulationSet, $"the gradients of {Batches(steps)} make one change of the weights", old, steps);
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (batch + 1 == Params.Steps)
        {
            Optimizer.ApplyWaiting();
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => Optimizer.ApplyWaiting();

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        // Gradients wait only if the last epoch was broken off; other callbacks may have put the best weights back by now.
        Optimizer.ForgetWaiting();
        Optimizer.AccumulateOver(own);
    }

    /// <inheritdoc/>
    /// <returns>How gradients are gathered, and how often the weights have been changed.</returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Set("own", own);
        Optimizer.SaveAccumulation(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        own = state.GetInt32("own");
        Optimizer.LoadAccumulation(state);
    }

    /// <summary>Makes room for the sums of gradients that will be put back.</summary>
    internal override void PrepareRestoring(SavedState state) => Optimizer.AccumulateOver(state.GetInt32("accumulation_steps"));

    private static int CheckedSteps(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return steps;
    }

    private static string Batches(int steps) => steps == 1 ? "each batch" : string.Create(CultureInfo.InvariantCulture, $"{steps} batches");

    // JSON has no keys but texts.
    private static Dictionary<int, int> ReadSchedule(ConfigReader config)
    {
        const string Key = "schedule";
        if (config.Required(Key, "an object") is not JsonObject entries)
        {
            throw config.Wrong(Key, "an object that maps epochs to numbers of batches, such as {\"0\": 4}");
        }

        ConfigReader values = config.Object(Key);
        return entries.ToDictionary(
            entry => int.TryParse(entry.Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int epoch)
                ? epoch
                : throw config.Error(Key, $"its keys must be whole numbers; one is '{entry.Key}'."),
            entry => values.Int(entry.Key));
    }

    internal static GradientAccumulation FromConfig(ConfigReader config) => new(ReadSchedule(config), config.Int("verbose", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["schedule"] = new JsonObject(
            Schedule.Select(entry => KeyValuePair.Create(entry.Key.ToString(CultureInfo.InvariantCulture), (JsonNode?)entry.Value)));
        config["verbose"] = Verbose;
    }
}
