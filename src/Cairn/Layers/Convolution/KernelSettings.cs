using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The arguments common to all convolutions.</summary>
internal sealed record KernelSettings(
    Window Window, ActivationFunction? Activation, bool UseBias, Initializer? KernelInitializer, Initializer? BiasInitializer,
    Regularizer? KernelRegularizer, Regularizer? BiasRegularizer, Regularizer? ActivityRegularizer, string? Name)
{
    /// <summary>Constraint on the kernel, applied after each step, or null.</summary>
    public Constraint? KernelConstraint { get; init; }

    /// <summary>Constraint on the bias, applied after each step, or null.</summary>
    public Constraint? BiasConstraint { get; init; }

    /// <summary>
    /// Reads the arguments; <paramref name="kernel"/> is Keras' prefix of the kernel's keys, <c>kernel</c> or <c>depthwise</c>.
    /// </summary>
    public static KernelSettings Read(ConfigReader config, int rank, string kernel = "kernel", bool allowCausal = false)
    {
        config.RefuseUnlessNull("quantization_config");
        return new KernelSettings(
            Window.ForKernel(config, rank, allowCausal),
            LayerRegistry.Activation(config),
            config.Bool("use_bias", true),
            LayerRegistry.Initializer(config, $"{kernel}_initializer", "glorot_uniform"),
            LayerRegistry.Initializer(config, "bias_initializer", "zeros"),
            LayerRegistry.Regularizer(config, $"{kernel}_regularizer"),
            LayerRegistry.Regularizer(config, "bias_regularizer"),
            LayerRegistry.Regularizer(config, "activity_regularizer"),
            config.OptionalString("name"))
        {
            KernelConstraint = LayerRegistry.Constraint(config, $"{kernel}_constraint"),
            BiasConstraint = LayerRegistry.Constraint(config, "bias_constraint"),
        };
    }

    /// <summary>The keys from <c>activation</c> on, in Keras' order.</summary>
    public void WriteRest(JsonObject config, string kernel = "kernel",
        (Initializer Initializer, Regularizer? Regularizer, Constraint? Constraint)? pointwise = null)
    {
        config["activation"] = (Activation ?? ActivationFunction.Linear).Serialize();
        config["use_bias"] = UseBias;
        config[$"{kernel}_initializer"] = (KernelInitializer ?? Initializer.GlorotUniform).Serialize();
        if (pointwise is not null)
        {
            config["pointwise_initializer"] = pointwise.Value.Initializer.Serialize();
        }

        config["bias_initializer"] = (BiasInitializer ?? Initializer.Zeros).Serialize();
        config[$"{kernel}_regularizer"] = KernelRegularizer?.Serialize();
        if (pointwise is not null)
        {
            config["pointwise_regularizer"] = pointwise.Value.Regularizer?.Serialize();
        }

        config["bias_regularizer"] = BiasRegularizer?.Serialize();
        config["activity_regularizer"] = ActivityRegularizer?.Serialize();
        config[$"{kernel}_constraint"] = KernelConstraint?.Serialize();
        if (pointwise is not null)
        {
            config["pointwise_constraint"] = pointwise.Value.Constraint?.Serialize();
        }

        config["bias_constraint"] = BiasConstraint?.Serialize();
    }
}
