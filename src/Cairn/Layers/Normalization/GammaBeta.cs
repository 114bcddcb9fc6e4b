using System.Text.Json.Nodes;
using Cairn.Constraints;
using Cairn.Initializers;
using Cairn.Regularizers;
using Cairn.Saving;

namespace Cairn.Layers;

/// <summary>The arguments for the weights gamma and beta that normalization layers share.</summary>
internal sealed record GammaBeta(
    bool Center, bool Scale, Initializer? BetaInitializer, Initializer? GammaInitializer, Regularizer? BetaRegularizer,
    Regularizer? GammaRegularizer,
    Constraint? BetaConstraint, Constraint? GammaConstraint)
{
    /// <summary>Initializer of gamma.</summary>
    public Initializer FirstGamma => GammaInitializer ?? Initializer.Ones;

    /// <summary>Initializer of beta.</summary>
    public Initializer FirstBeta => BetaInitializer ?? Initializer.Zeros;

    public static GammaBeta Read(ConfigReader config) => new(
        config.Bool("center", true),
        config.Bool("scale", true),
        LayerRegistry.Initializer(config, "beta_initializer", "zeros"),
        LayerRegistry.Initializer(config, "gamma_initializer", "ones"),
        LayerRegistry.Regularizer(config, "beta_regularizer"),
        LayerRegistry.Regularizer(config, "gamma_regularizer"),
        LayerRegistry.Constraint(config, "beta_constraint"),
        LayerRegistry.Constraint(config, "gamma_constraint"));

    /// <summary>Writes the keys in Keras' order; layers add their own keys after the flags or the initializers.</summary>
    public void WriteConfig(JsonObject config, Action? afterSwitches = null, Action? afterInitializers = null)
    {
        config["center"] = Center;
        config["scale"] = Scale;
        afterSwitches?.Invoke();
        config["beta_initializer"] = FirstBeta.Serialize();
        config["gamma_initializer"] = FirstGamma.Serialize();
        afterInitializers?.Invoke();
        config["beta_regularizer"] = BetaRegularizer?.Serialize();
        config["gamma_regularizer"] = GammaRegularizer?.Serialize();
        config["beta_constraint"] = BetaConstraint?.Serialize();
        config["gamma_constraint"] = GammaConstraint?.Serialize();
    }
}
