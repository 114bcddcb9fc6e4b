using Cairn.Callbacks;
using Cairn.Optimizers.Schedules;

namespace Cairn.Optimizers;

/// <summary>A learning rate: a number, which may be changed while training, or a schedule, which may not. Either becomes one by itself.</summary>
public readonly record struct LearningRate
{
    private LearningRate(double value, LearningRateSchedule? schedule)
    {
        Value = value;
        Schedule = schedule;
    }

    /// <summary>The number, where there is no schedule.</summary>
    public double Value { get; }

    /// <summary>The schedule, or null.</summary>
    public LearningRateSchedule? Schedule { get; }

    /// <summary>A fixed rate to start with.</summary>
    public static implicit operator LearningRate(double value) => new(value, null);

    /// <summary>A rate that follows a schedule.</summary>
    public static implicit operator LearningRate(LearningRateSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return new(0, schedule);
    }

    /// <summary>The number, or the class of the schedule.</summary>
    public override string ToString() => Schedule?.ClassName ?? PythonNumber.Repr(Value);
}
