using System.Text.Json.Nodes;

namespace Cairn.Optimizers.Schedules;

/// <summary>A function as a learning-rate schedule.</summary>
/// <param name="rate">Returns the learning rate for the number of steps taken.</param>
/// <param name="name">The name in files.</param>
internal sealed class FunctionSchedule(Func<long, double> rate, string name) : LearningRateSchedule(name)
{
    public override string ClassName => Name;

    public override float At(long step) => (float)rate(step);

    protected override void WriteConfig(JsonObject config)
    {
    }
}
