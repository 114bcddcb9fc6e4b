using System.Text.Json.Nodes;
using Cairn.Saving;

namespace Cairn.Optimizers.Schedules;

/// <summary>A learning rate that follows from the number of steps taken. Keras: <c>optimizers.schedules.LearningRateSchedule</c>.</summary>
public abstract class LearningRateSchedule
{
    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>The rate of the step that comes after <paramref name="step"/> steps, as a 32-bit float.</summary>
    /// <param name="step">Steps taken, 0 or more.</param>
    public abstract float At(long step);

    internal static LearningRateSchedule Deserialize(JsonNode node, string place)
    {
        (string className, ConfigReader config) = KerasObject.Unwrap(node, place);
        return className switch
        {
            nameof(ExponentialDecay) => new ExponentialDecay(
                config.Double("initial_learning_rate"), config.Double("decay_steps"), config.Double("decay_rate"), config.Bool("staircase", false)),
            _ => throw new ConfigException(place, $"the learning-rate schedule '{className}' is not known here. {NearestName.Hint(className, [nameof(ExponentialDecay)])}"),
        };
    }

    internal JsonObject Serialize()
    {
        var config = new JsonObject();
        WriteConfig(config);
        config["name"] = ClassName;
        return KerasObject.Wrap("keras.optimizers.schedules", ClassName, config);
    }

    private protected abstract void WriteConfig(JsonObject config);
}
