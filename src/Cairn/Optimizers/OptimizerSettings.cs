using System.Text.Json.Nodes;
using Cairn.Optimizers.Schedules;
using Cairn.Saving;

namespace Cairn.Optimizers;

/// <summary>The arguments and configuration keys shared by all optimizers.</summary>
internal sealed record OptimizerSettings(
    LearningRate? LearningRate,
    double? WeightDecay,
    double? ClipNorm,
    double? ClipValue,
    double? GlobalClipNorm,
    bool UseEma,
    double EmaMomentum,
    int? EmaOverwriteFrequency,
    double? LossScaleFactor,
    int? GradientAccumulationSteps,
    string? Name)
{
    /// <summary>Keras' defaults.</summary>
    public static readonly OptimizerSettings Default = new(null, null, null, null, null, UseEma: false, 0.99, null, null, null, null);

    public static OptimizerSettings From(ConfigReader config)
    {
        // Keras 2 wrote `decay` for its own schedule, and null for no weight decay; 0 means none in both.
        if (config.OptionalDouble("decay") is { } decay and not 0)
        {
            throw config.Error("decay", $"the learning rate decay of Keras 2 is not supported; found {decay}");
        }

        LearningRate? rate = config.Node("learning_rate") switch
        {
            null => (LearningRate?)null,
            JsonObject schedule => (LearningRate)LearningRateSchedule.Deserialize(schedule, $"{config.Place}/learning_rate"),
            _ => config.Double("learning_rate"),
        };
        return new OptimizerSettings(
            rate,
            config.OptionalDouble("weight_decay"),
            config.OptionalDouble("clipnorm"),
            config.OptionalDouble("clipvalue"),
            config.OptionalDouble("global_clipnorm"),
            config.Bool("use_ema", false),
            config.Double("ema_momentum", 0.99),
            Count(config, "ema_overwrite_frequency"),
            config.OptionalDouble("loss_scale_factor"),
            Count(config, "gradient_accumulation_steps"),
            config.OptionalString("name"));
    }

    public void WriteTo(JsonObject config)
    {
        config["weight_decay"] = WeightDecay;
        config["clipnorm"] = ClipNorm;
        config["global_clipnorm"] = GlobalClipNorm;
        config["clipvalue"] = ClipValue;
        config["use_ema"] = UseEma;
        config["ema_momentum"] = EmaMomentum;
        config["ema_overwrite_frequency"] = EmaOverwriteFrequency;
        config["loss_scale_factor"] = LossScaleFactor;
        config["gradient_accumulation_steps"] = GradientAccumulationSteps;
    }

    // Keras treats 0 as none.
    private static int? Count(ConfigReader config, string key) => config.Has(key) && config.Int(key) is not 0 and var count ? count : null;
}
