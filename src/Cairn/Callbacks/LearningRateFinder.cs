using System.Globalization;
using System.Text.Json.Nodes;
using Cairn.Optimizers;
using Cairn.Saving;
using Cairn.Training;

namespace Cairn.Callbacks;

/// <summary>
/// Increases the learning rate from very small to very large, one step per batch, and suggests the rate at which the loss falls fastest
/// (Smith, "Cyclical learning rates for training neural networks", 2015). Afterwards the model and the optimizer are restored.
/// </summary>
/// <example>
/// <code>
/// var finder = new LearningRateFinder();
/// model.Fit(x, y, epochs: 100, verbose: 0, callbacks: [finder]);
/// Console.WriteLine(finder.Suggestion);
/// finder.Plot("learning_rates.png");
/// </code>
/// </example>
/// <remarks>
/// Run it in a <c>Fit</c> of its own, with enough epochs for <see cref="Steps"/> batches. It stops that training when all rates have been
/// tried or the loss diverges, and restores the weights, the optimizer and the learning rate before any other hook runs. The package
/// Cairn.Plotting draws the plot. The rates form a geometric series. The loss of each batch is smoothed by a bias-corrected exponential
/// moving average. The suggestion is the rate at which the smoothed loss, as a function of the logarithm of the rate, falls most steeply
/// before its minimum.
/// </remarks>
public sealed class LearningRateFinder : Callback
{
    private const int StepsBeforeDivergence = 5;
    private const int FewestForSuggestion = 4;
    private readonly List<double> rates = [];
    private readonly List<double> losses = [];
    private readonly List<double> smoothed = [];
    private TrainingSnapshot? snapshot;
    private double sum;
    private double seen;
    private double average;

    /// <summary>Creates the callback.</summary>
    /// <param name="minLr">The first rate, greater than 0. Default 1e-7.</param>
    /// <param name="maxLr">The last rate, greater than the first. Default 10.</param>
    /// <param name="steps">Number of rates, and so of batches; 10 or more. Default 100.</param>
    /// <param name="smoothing">Decay of the moving average of the loss, in [0, 1); 0 for no smoothing. Default 0.9.</param>
    /// <param name="divergence">
    /// Training stops when the smoothed loss exceeds this multiple of its minimum; greater than 1. Default 4.
    /// </param>
    /// <param name="setLearningRate">Whether to set the optimizer's learning rate to the suggestion at the end. Default false.</param>
    /// <param name="verbose">1 prints the suggestion. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public LearningRateFinder(
        double minLr = 1e-7,
        double maxLr = 10,
        int steps = 100,
        double smoothing = 0.9,
        double divergence = 4,
        bool setLearningRate = false,
        int verbose = 0)
    {
        if (!(minLr > 0 && minLr < float.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(minLr), minLr, "minLr must be greater than 0.");
        }

        if (!(maxLr > minLr && maxLr < float.MaxValue))
        {
            throw new ArgumentOutOfRangeException(nameof(maxLr), maxLr, $"maxLr must be greater than minLr ({PythonNumber.Repr(minLr)}).");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 10);
        if (!(smoothing is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "smoothing must be 0 or more and less than 1.");
        }

        if (!(divergence > 1))
        {
            throw new ArgumentOutOfRangeException(nameof(divergence), divergence, "divergence must be greater than 1.");
        }

        (MinLr, MaxLr, Steps, Smoothing) = (minLr, maxLr, steps, smoothing);
        (Divergence, SetLearningRate, Verbose) = (divergence, setLearningRate, verbose);
    }

    /// <summary>The first rate.</summary>
    public double MinLr { get; }

    /// <summary>The last rate.</summary>
    public double MaxLr { get; }

    /// <summary>Number of rates.</summary>
    public int Steps { get; }

    /// <summary>Decay of the moving average of the loss.</summary>
    public double Smoothing { get; }

    /// <summary>Training stops when the smoothed loss exceeds this multiple of its minimum.</summary>
    public double Divergence { get; }

    /// <summary>Whether the optimizer's learning rate is set to the suggestion at the end.</summary>
    public bool SetLearningRate { get; }

    /// <summary>0 = silent, 1 = prints the suggestion.</summary>
    public int Verbose { get; }

    /// <summary>The rates tried so far, in increasing order.</summary>
    public IReadOnlyList<double> Rates => rates;

    /// <summary>The loss of the batch trained with each rate.</summary>
    public IReadOnlyList<double> Losses => losses;

    /// <summary>The smoothed losses.</summary>
    public IReadOnlyList<double> SmoothedLosses => smoothed;

    /// <summary>Whether the search stopped early because the loss diverged.</summary>
    public bool Diverged { get; private set; }

    /// <summary>The rate at which the loss fell fastest; null before the search, or if the loss never fell.</summary>
    public double? Suggestion { get; private set; }

    private Optimizer Optimizer => Model.Optimizer
        ?? throw new InvalidOperationException($"{Name} needs an optimizer whose learning rate it can set. Call Compile first.");

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer uses a learning-rate schedule, or the model is not compiled.</exception>
    public override void OnTrainBegin(Logs logs)
    {
        if (Optimizer.Schedule is { } schedule)
        {
            throw new InvalidOperationException(
                $"{Name} cannot set the learning rate: the optimizer uses the learning-rate schedule {schedule.ClassName}. "
                + "Create the optimizer with a number as its learningRate.");
        }

        rates.Clear();
        losses.Clear();
        smoothed.Clear();
        (average, sum, Diverged, Suggestion) = (0, 0, false, null);
        snapshot?.Dispose();
        snapshot = new TrainingSnapshot(Model);
    }

    /// <inheritdoc/>
    public override void OnEpochBegin(int epoch, Logs logs) => (sum, seen) = (0, 0);

    /// <inheritdoc/>
    public override void OnTrainBatchBegin(int batch, Logs logs)
    {
        if (snapshot is not null)
        {
            Optimizer.LearningRate = MinLr * Math.Pow(MaxLr / MinLr, rates.Count / (Steps - 1.0));
        }
    }

    /// <inheritdoc/>
    public override void OnTrainBatchEnd(int batch, Logs logs)
    {
        if (snapshot is null)
        {
            return;
        }

        rates.Add(Optimizer.LearningRate);
        losses.Add(LossOf(batch, logs["loss"]));
        average = (average * Smoothing) + (losses[^1] * (1 - Smoothing));
        smoothed.Add(average / (1 - Math.Pow(Smoothing, losses.Count)));
        Diverged = !double.IsFinite(losses[^1]) || (losses.Count > StepsBeforeDivergence && smoothed[^1] > Divergence * smoothed.Min());
        if (Diverged || rates.Count == Steps)
        {
            Model.StopTraining = true;
            Finish();
        }
    }

    /// <inheritdoc/>
    public override void OnTrainEnd(Logs logs)
    {
        if (snapshot is not null)
        {
            Warn($"{Name}: training ended after {rates.Count} of {Steps} batches; pass more epochs to Fit to try all learning rates.");
            Finish();
        }
    }

    /// <inheritdoc/>
    /// <returns>
    /// The rates and losses so far and, during a search, the original state of the weights and the optimizer.
    /// </returns>
    public override SavedState? SaveState()
    {
        var state = new SavedState();
        state.Arrays["rates"] = rates.ToArray();
        state.Arrays["losses"] = losses.ToArray();
        state.Arrays["smoothed"] = smoothed.ToArray();
        state.Set("sum", sum);
        state.Set("seen", seen);
        state.Set("average", average);
        state.Set("diverged", Diverged);
        state.Set("suggestion", Suggestion);
        state.Set("sweeping", snapshot is not null);
        snapshot?.Save(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(SavedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Put(rates, "rates");
        Put(losses, "losses");
        Put(smoothed, "smoothed");
        (sum, seen, average) = (state.GetDouble("sum"), state.GetDouble("seen"), state.GetDouble("average"));
        (Diverged, Suggestion) = (state.GetBoolean("diverged"), state.GetDoubleOrNull("suggestion"));
        if (state.GetBoolean("sweeping"))
        {
            (snapshot ??= new TrainingSnapshot(Model)).Load(state);
        }
        else
        {
            snapshot?.Dispose();
            snapshot = null;
        }

        void Put(List<double> list, string name)
        {
            list.Clear();
            list.AddRange(state.GetDoubles(name));
        }
    }

    // The logs hold the mean over the epoch so far, weighted by samples. Batches may be grouped by steps per execution.
    private double LossOf(int batch, double mean)
    {
        double now = Params.BatchSize is { } size ? Math.Min((batch + 1L) * size, Params.Samples ?? long.MaxValue) : batch + 1;
        double loss = ((mean * now) - sum) / Math.Max(now - seen, 1);
        (sum, seen) = (mean * now, now);
        return loss;
    }

    private void Finish()
    {
        snapshot!.Restore();
        snapshot.Dispose();
        snapshot = null;
        Record(EventKind.WeightsRestored, "weights and optimizer restored to the state before the search");
        Suggestion = Steepest() is { } index ? rates[index] : null;
        if (Suggestion is not { } rate)
        {
            Warn($"{Name}: the loss did not fall at any learning rate from {PythonNumber.Repr(MinLr)} "
                + $"to {PythonNumber.Repr(rates.Count > 0 ? rates[^1] : MinLr)}.");
            return;
        }

        double old = Optimizer.LearningRate;
        if (SetLearningRate)
        {
            Optimizer.LearningRate = rate;
        }

        string text = rate.ToString("0.##e+0", CultureInfo.InvariantCulture);
        if (Verbose > 0)
        {
            Print($"LearningRateFinder: the loss falls fastest at a learning rate "
                + $"of {text}{(SetLearningRate ? ", which is now set" : "")}.");
        }

        Record(EventKind.LearningRateFound,
            $"the loss falls fastest at a learning rate of {text}{(SetLearningRate ? ", which is now set" : "")}", old, rate);
    }

    /// <summary>The index of the steepest fall before the minimum, by central differences over the logarithm of the rate.</summary>
    private int? Steepest()
    {
        int[] finite = [.. Enumerable.Range(0, smoothed.Count).Where(index => double.IsFinite(smoothed[index]))];
        if (finite.Length < FewestForSuggestion)
        {
            return null;
        }

        int lowest = finite.MinBy(index => smoothed[index]);
        double Slope(int index) => (smoothed[index + 1] - smoothed[index - 1]) / Math.Log(rates[index + 1] / rates[index - 1]);
        int[] falling = [.. Enumerable.Range(1, Math.Max(lowest - 1, 0)).Where(index => Slope(index) < 0)];
        return falling.Length > 0 ? falling.MinBy(Slope) : null;
    }

    internal static LearningRateFinder FromConfig(ConfigReader config) => new(
        config.Double("min_lr", 1e-7),
        config.Double("max_lr", 10),
        config.Int("steps", 100),
        config.Double("smoothing", 0.9),
        config.Double("divergence", 4),
        config.Bool("set_learning_rate", false),
        config.Int("verbose", 0));

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["min_lr"] = MinLr;
        config["max_lr"] = MaxLr;
        config["steps"] = Steps;
        config["smoothing"] = Smoothing;
        config["divergence"] = JsonNumber.Of(Divergence);
        config["set_learning_rate"] = SetLearningRate;
        config["verbose"] = Verbose;
    }
}
