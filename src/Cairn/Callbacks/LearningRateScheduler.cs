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
/// It adds <c>learning_rate</c> to the logs of every epoch: the rate at the epoch's end, when earlier callbacks have acted.
/// The optimizer keeps the rate in float32, so that is what the function gets back in the next epoch. A rate that is NaN or infinite is warned about and
/// taken, as in Keras.
/// </remarks>
public sealed class LearningRateScheduler : Callback
{
    private readonly Func<int, double, double> schedule;

    /// <summary>Creates the callback.</summary>
    /// <param name="schedule">Makes the new rate of the index of the epoch, from 0, and the rate in force.</param>
    /// <param name="verbose">1 prints the rate of each epoch. Default 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="schedule"/> is null.</exception>
    public LearningRateScheduler(Func<int, double, double> schedule, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        this.schedule = schedule;
        Verbose = verbose;
    }

    /// <summary>Creates the callback.</summary>
    /// <param name="schedule">Makes the new rate of the index of the epoch, from 0.</param>
    /// <param name="verbose">1 prints the rate of each epoch. Default 0.</param>
    /// <exception cref="ArgumentNullException"><paramref name="schedule"/> is null.</exception>
    public LearningRateScheduler(Func<int, double> schedule, int verbose = 0)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        this.schedule = (epoch, _) => schedule(epoch);
        Verbose = verbose;
    }

    /// <summary>0 silent, 1 prints the rate of each epoch.</summary>
    public int Verbose { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The optimizer follows a schedule of its own, or the model is not compiled.</exception>
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
                $"{Name}: the schedule function gave {PythonNumber.Repr(rate)} for the epoch with index {epoch} and the learning "
                    + $"rate {PythonNumber.Repr(old)}, "
                + "which is not a finite number in float32. Training goes on with it, as in Keras; the weights will be lost.");
        }

        optimizer.Inner.SetAnyLearningRate(rate);
        if (Verbose > 0)
        {
            Print($"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {PythonNumber.Repr(rate)}.");
        }

        Record(EventKind.LearningRateSet, $"learning rate set to {PythonNumber.Repr(rate)}", old, optimizer.LearningRate);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, Logs logs) => logs["learning_rate"] = Optimizer().LearningRate;

    /// <inheritdoc/>
    /// <returns>Nothing: the rate is the optimizer's to remember.</returns>
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

    /// <summary>Functions can't be written.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    protected override void WriteConfig(JsonObject config) => throw CallbackSerialization.MadeOfFunctions(ClassName);
}
