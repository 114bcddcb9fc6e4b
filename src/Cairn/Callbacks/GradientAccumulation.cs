using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;

namespace Cairn.Callbacks;

/// <summary>
/// Accumulates the gradients of several batches for each update of the weights, which acts like a batch larger than memory allows. The
/// number of batches can change between epochs.
/// </summary>
/// <example>
/// <code>
/// // Four batches per update at first, sixteen from epoch index 5 on.
/// model.Fit(x, y, epochs: 20, callbacks: [new GradientAccumulation(new Dictionary&lt;int, int&gt; { [0] = 4, [5] = 16 })]);
/// </code>
/// </example>
/// <remarks>
/// The callback sets <c>gradient_accumulation_steps</c> of Keras' optimizers. As in Keras, the update uses the mean of the gradients, not
/// their sum. Unlike in Keras, gradients do not carry over to the next epoch: the last batch of an epoch updates the weights with the
/// gradients accumulated so far. At the end of training the optimizer's own setting is restored.
/// A learning-rate schedule of the optimizer advances with every batch, as in Keras.
/// </remarks>
public sealed class GradientAccumulation : Callback
{
    private int own = 1;

    /// <summary>Accumulates over a fixed number of batches.</summary>
    /// <param name="steps">Number of batches per update, 1 or more.</param>
    /// <param name="verbose">1 prints a message. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is less than 1.</exception>
    public GradientAccumulation(int steps, int verbose = 0)
        : this(new Dictionary<int, int> { [0] = CheckedSteps(steps) }, verbose)
    {
    }

    /// <summary>Accumulates over a number of batches that changes between epochs.</summary>
    /// <param name="schedule">
    /// Maps the index of an epoch, from 0, to the number of batches per update from that epoch on, 1 or more. Before the first of these
    /// epochs the optimizer's own setting applies.
    /// </param>
    /// <param name="verbose">1 prints each change. Default 0.</param>
    /// <exception cref="ArgumentException">The schedule is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An epoch is negative, or a number of batches is less than 1.</exception>
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
                    nameof(schedule), $"schedule maps epoch {epoch} to {steps}; epochs must be 0 or more, and numbers of "
                    + "batches 1 or more.");
            }
        }

        Schedule = schedule.OrderBy(entry => entry.Key).ToDictionary();
        Verbose = verbose;
    }

    /// <summary>Maps the index of an epoch to the number of batches per update from that epoch on.</summary>
    public IReadOnlyDictionary<int, int> Schedule { get; }

    /// <summary>0 = silent, 1 = prints each change.</summary>
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
            Print($"\nEpoch {epoch + 1}: GradientAccumulation accumulating the gradients of {Batches(steps)} per update.");
        }

        Record(EventKind.AccumulationSet, $"accumulating the gradients of {Batches(steps)} per update", old, steps);
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
        // Gradients are pending only if the last epoch was interrupted; other callbacks may have restored the best weights by now.
        Optimizer.ForgetWaiting();
        Optimizer.AccumulateOver(own);
    }

    /// <inheritdoc/>
    /// <returns>The accumulation settings, and the number of updates so far.</returns>
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

    /// <summary>Creates the accumulation variables that will be restored.</summary>
    internal override void PrepareRestoring(SavedState state) => Optimizer.AccumulateOver(state.GetInt32("accumulation_steps"));

    private static int CheckedSteps(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return steps;
    }

    private static string Batches(int steps) => steps == 1 ? "each batch" : string.Create(CultureInfo.InvariantCulture, $"{steps} batches");

    // Keys are always strings in JSON.
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
                : throw config.Error(Key, $"its keys must be whole numbers; '{entry.Key}' is not."),
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
