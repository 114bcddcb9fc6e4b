using System.Text.Json.Nodes;
using Cairn.Activations;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The arguments that <see cref="MultiHeadAttention"/> and <see cref="GroupQueryAttention"/> have in common.</summary>
internal sealed record AttentionSettings(
    double Dropout, bool UseBias, bool UseGate, int? SlidingWindow, Initializer? KernelInitializer, Initializer? BiasInitializer,
    Regularizer? KernelRegularizer, Regularizer? BiasRegularizer, Regularizer? ActivityRegularizer,
    Constraint? KernelConstraint, Constraint? BiasConstraint, long? Seed)
{
    public static AttentionSettings Read(ConfigReader config) => new(
        config.Double("dropout", 0),
        config.Bool("use_bias", true),
        config.Bool("use_gate", false),
        config.Has("sliding_window") ? config.Int("sliding_window") : null,
        LayerRegistry.Initializer(config, "kernel_initializer", "glorot_uniform"),
        LayerRegistry.Initializer(config, "bias_initializer", "zeros"),
        LayerRegistry.Regularizer(config, "kernel_regularizer"),
        LayerRegistry.Regularizer(config, "bias_regularizer"),
        LayerRegistry.Regularizer(config, "activity_regularizer"),
        LayerRegistry.Constraint(config, "kernel_constraint"),
        LayerRegistry.Constraint(config, "bias_constraint"),
        config.OptionalLong("seed"));

    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1], or the window is below 1.</exception>
    public void Check()
    {
        if (Dropout is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException("dropout", Dropout, "A dropout rate must be between 0 and 1.");
        }

        if (SlidingWindow < 1)
        {
            throw new ArgumentOutOfRangeException(
                "slidingWindow", SlidingWindow, "slidingWindow must be 1 or more, or null for all positions.");
        }
    }

    /// <summary>Creates a projection.</summary>
    public EinsumDense Project(string name, string equation, string biasAxes, Shape outputShape, ActivationFunction? activation = null) =>
        new(
        equation, outputShape, activation, UseBias ? biasAxes : null, KernelInitializer, BiasInitializer,
        KernelRegularizer, BiasRegularizer, ActivityRegularizer, KernelConstraint, BiasConstraint, name);

    /// <summary>The keys from <c>kernel_initializer</c> on, in Keras' order.</summary>
    public void WriteRest(JsonObject config)
    {
        config["kernel_initializer"] = (KernelInitializer ?? Initializer.GlorotUniform).Serialize();
        config["bias_initializer"] = (BiasInitializer ?? Initializer.Zeros).Serialize();
        config["kernel_regularizer"] = KernelRegularizer?.Serialize();
        config["bias_regularizer"] = BiasRegularizer?.Serialize();
        config["activity_regularizer"] = ActivityRegularizer?.Serialize();
        config["kernel_constraint"] = KernelConstraint?.Serialize();
        config["bias_constraint"] = BiasConstraint?.Serialize();
        config["seed"] = Seed;
    }
}
