using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The arguments common to the recurrent cells.</summary>
internal sealed record RecurrentSettings(
    int Units, ActivationFunction Activation, ActivationFunction? RecurrentActivation, bool UseBias, Initializer KernelInitializer,
    Initializer RecurrentInitializer, Initializer BiasInitializer, Regularizer? KernelRegularizer, Regularizer? RecurrentRegularizer,
    Regularizer? BiasRegularizer, Constraint? KernelConstraint, Constraint? RecurrentConstraint, Constraint? BiasConstraint, double Dropout,
    double RecurrentDropout, long? Seed)
{
    /// <summary>Checks the arguments and fills in Keras' defaults.</summary>
    public static RecurrentSettings Create(
        int units, ActivationFunction? activation, ActivationFunction? recurrentActivation, bool useBias, Initializer? kernelInitializer,
        Initializer? recurrentInitializer, Initializer? biasInitializer, Regularizer? kernelRegularizer, Regularizer? recurrentRegularizer,
        Regularizer? biasRegularizer, Constraint? kernelConstraint, Constraint? recurrentConstraint, Constraint? biasConstraint,
        double dropout,
        double recurrentDropout, long? seed)
    {
        if (units < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(units), units, "units must be 1 or more.");
        }

        if (dropout is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A dropout rate must be between 0 and 1.");
        }

        if (recurrentDropout is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(recurrentDropout), recurrentDropout, "A dropout rate must be between 0 and 1.");
        }

        return new RecurrentSettings(
            units, activation ?? "tanh", recurrentActivation, useBias, kernelInitializer ?? Initializer.GlorotUniform,
            recurrentInitializer ?? "orthogonal", biasInitializer ?? Initializer.Zeros, kernelRegularizer, recurrentRegularizer,
            biasRegularizer,
            kernelConstraint, recurrentConstraint, biasConstraint, dropout, recurrentDropout, seed);
    }

    /// <summary>
    /// Reads the arguments; a cell without gates has no recurrent activation, and <paramref name="size"/> is the key of the number of
    /// units.
    /// </summary>
    public static RecurrentSettings Read(ConfigReader config, bool gated, string size = "units") => Create(
        config.Int(size),
        config.HasKey("activation") ? LayerRegistry.Activation(config) : null,
        !gated ? null : config.HasKey("recurrent_activation") ? LayerRegistry.Activation(config, "recurrent_activation") : "sigmoid",
        config.Bool("use_bias", true),
        LayerRegistry.Initializer(config, "kernel_initializer", "glorot_uniform"),
        LayerRegistry.Initializer(config, "recurrent_initializer", "orthogonal"),
        LayerRegistry.Initializer(config, "bias_initializer", "zeros"),
        LayerRegistry.Regularizer(config, "kernel_regularizer"),
        LayerRegistry.Regularizer(config, "recurrent_regularizer"),
        LayerRegistry.Regularizer(config, "bias_regularizer"),
        LayerRegistry.Constraint(config, "kernel_constraint"),
        LayerRegistry.Constraint(config, "recurrent_constraint"),
        LayerRegistry.Constraint(config, "bias_constraint"),
        config.Double("dropout", 0),
        config.Double("recurrent_dropout", 0),
        config.OptionalLong("seed"));

    /// <summary>Writes the arguments under Keras' names, with the additional keys of a layer or cell.</summary>
    public void Write(JsonObject config, (string Key, bool Value)? behindBias = null, Regularizer? activityRegularizer = null,
        bool isLayer = false)
    {
        config["units"] = Units;
        config["activation"] = Activation.Serialize();
        if (RecurrentActivation is not null)
        {
            config["recurrent_activation"] = RecurrentActivation.Serialize();
        }

        config["use_bias"] = UseBias;
        config["kernel_initializer"] = KernelInitializer.Serialize();
        config["recurrent_initializer"] = RecurrentInitializer.Serialize();
        config["bias_initializer"] = BiasInitializer.Serialize();
        if (behindBias is { Key: "unit_forget_bias" } forget)
        {
            config[forget.Key] = forget.Value;
        }

        config["kernel_regularizer"] = KernelRegularizer?.Serialize();
        config["recurrent_regularizer"] = RecurrentRegularizer?.Serialize();
        config["bias_regularizer"] = BiasRegularizer?.Serialize();
        if (isLayer)
        {
            config["activity_regularizer"] = activityRegularizer?.Serialize();
        }

        config["kernel_constraint"] = KernelConstraint?.Serialize();
        config["recurrent_constraint"] = RecurrentConstraint?.Serialize();
        config["bias_constraint"] = BiasConstraint?.Serialize();
        config["dropout"] = Dropout;
        config["recurrent_dropout"] = RecurrentDropout;
        if (behindBias is { Key: "reset_after" } reset)
        {
            config[reset.Key] = reset.Value;
        }

        config["seed"] = Seed;
    }
}
