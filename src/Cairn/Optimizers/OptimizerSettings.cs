using Cairn.Optimizers.Schedules;
using Cairn.Saving;

namespace Cairn.Optimizers;

/// <summary>The part of a configuration that all optimizers share.</summary>
internal sealed record OptimizerSettings(
    LearningRate? LearningRate, double? WeightDecay, double? ClipNorm, double? ClipValue, double? GlobalClipNorm, string? Name)
{
    public static OptimizerSettings From(ConfigReader config)
    {
        if (config.Bool("use_ema", false)) throw config.Error("use_ema", "averaged weights are not supported yet, so it must be false");
        config.RefuseUnlessNull("loss_scale_factor", "gradient_accumulation_steps");

        // Keras 2 wrote `decay` for its own schedule, and null for no weight decay; 0 means none in both.
        if (config.OptionalDouble("decay") is { } decay and not 0) throw config.Error("decay", $"Keras 2's decay of the learning rate is not supported; found {decay}");
        LearningRate? rate = config.Node("learning_rate") switch
        {
            null => (LearningRate?)null,
            System.Text.Json.Nodes.JsonObject schedule => (LearningRate)LearningRateSchedule.Deserialize(schedule, $"{config.Place}/learning_rate"),
            _ => config.Double("learning_rate"),
        };
        return new OptimizerSettings(
            rate,
            config.OptionalDouble("weight_decay"),
            config.OptionalDouble("clipnorm"),
            config.OptionalDouble("clipvalue"),
            config.OptionalDouble("global_clipnorm"),
            config.OptionalString("name"));
    }
}
