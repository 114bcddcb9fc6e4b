using System.Text.Json.Nodes;
using Cairn.Optimizers;

namespace Cairn.Callbacks;

/// <summary>Sets the learning rate at the beginning of every epoch. Keras: <c>callbacks.LearningRateScheduler</c>.</summary>
/// <example>
/// <code>
/// var warmDown = new LearningRateScheduler((epoch, rate) => epoch &lt; 10 ? rate : rate * Math.Exp(-0.1), verbose: 1);
/// model.Fit(x, y, epochs: 15, callbacks: [warmDown]);
/// </code>
/// </example>
/// <remarks>
/// The callback adds <c>learning_rate</c> to the logs of every epoch: the rate at the end of the epoch, after earlier callbacks have run.
/// The optimizer stores the rate in float32, so the function receives the float32 value in the next epoch. A NaN or infinite rate causes a
/// warning but is used, as in Keras.
/// </remarks>
public sealed class LearningRateScheduler : Callback
{
    private readonly Func<int, double, double> schedule;

    /// <summary>Creates the callback.</summary>
    /// <param name="schedule">Returns the new rate, given the index of the epoch, from 0, and the current rate.</param>
    /// <param name="verbose">1 prints the rate of each epoch. Default 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="schedule"/> is null.</exception>
    public LearningRateScheduler(Func<int, double, double> schedule, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        this.schedule = schedule;
        Verbose = verbose;
    }

    /// <summary>Creates the callback.</summary>
    /// <param name="schedule">Returns the new rate, given the index of the epoch, from 0.</param>
    /// <param name="verbose">1 prints the rate of each epoch. Default 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="schedule"/> is null.</exception>
    public LearningRateScheduler(Func<int, double> schedule, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        this.schedule = (epoch, _) => schedule(epoch);
        Verbose = verbose;
    }

    /// <summary>0 = silent, 1 = prints the rate of each epoch.</summary>
    public int Verbose { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer uses a learning-rate schedule, or the model is not compiled.</exception>
    /// <exception cref="CallbackException">The function threw.</exception>
    public override void OnEpochBegin(int epoch, Logs logs)
    {
        Optimizer optimizer = Optimizer();
        if (optimizer.Schedule is { } own)
        {
            throw new InvalidOperationException(
                $"{Name} cannot set the learning rate: the optimizer was created with the learning-rate schedule {own.ClassName}, "
                + "so its learning rate is not settable. Create the optimizer with a number as its learningRate.");
        }

        double old = optimizer.LearningRate;
        double rate = Ask(epoch, old);
        if (!float.IsFinite((float)rate))
        {
            Warn(
                $"{Name}: the schedule function returned {PythonNumber.Repr(rate)} for epoch index {epoch} and learning "
                    + $"rate {PythonNumber.Repr(old)}, "
                + "which is not a finite number in float32. It is used anyway, as in Keras, and will make the weights unusable.");
        }

        optimizer.Inner.SetAnyLearningRate(rate);
        if (Verbose > 0)
        {
            Print($"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {PythonNumber.Repr(rate)}.");
        }

        Record(EventKind.LearningRateSet, $"learning rate set to {PythonNumber.Repr(rate)}", old, optimizer.LearningRate);
    }

    internal override bool MayLog(string name) => name == "learning_rate";

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => logs["learning_rate"] = Optimizer().LearningRate;

    /// <inheritdoc/>
    /// <returns>An empty state: the optimizer stores the rate.</returns>
    public override SavedState? SaveState() => new();

    private double Ask(int epoch, double old)
    {
        try
        {
            return schedule(epoch, old);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new CallbackException(this, nameof(OnEpochBegin), epoch, null, e);
        }
    }

    private Optimizer Optimizer() => Model.Optimizer
        ?? throw new InvalidOperationException($"{Name} needs an optimizer whose learning rate it can set. Call Compile first.");

    /// <summary>Functions can't be serialized.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    protected override void WriteConfig(JsonObject config) => throw CallbackSerialization.MadeOfFunctions(ClassName);
}
