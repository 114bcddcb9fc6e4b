using Cairn.Callbacks;
using Cairn.Optimizers.Schedules;

namespace Cairn.Optimizers;

/// <summary>
/// A learning rate: a number, which may be changed during training, or a schedule, which may not. Converts implicitly from either.
/// </summary>
public readonly record struct LearningRate
{
    private LearningRate(double value, LearningRateSchedule? schedule)
    {
        Value = value;
        Schedule = schedule;
    }

    /// <summary>The number, if there is no schedule.</summary>
    public double Value { get; }

    /// <summary>The schedule, or null.</summary>
    public LearningRateSchedule? Schedule { get; }

    /// <summary>Converts a number.</summary>
    public static implicit operator LearningRate(double value) => new(value, null);

    /// <summary>Converts a schedule.</summary>
    public static implicit operator LearningRate(LearningRateSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return new(0, schedule);
    }

    /// <summary>Formats the number, or the class name of the schedule.</summary>
    public override string ToString() => Schedule?.ClassName ?? PythonNumber.Repr(Value);
}
