using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Additive attention. Keras: <c>layers.AdditiveAttention</c> (Bahdanau et al., 2015).</summary>
/// <remarks>
/// The scores are <c>Σ scale · tanh(query + key)</c> over the features, with a weight <c>scale</c> of that size. Everything else is as in
/// <see cref="Attention"/>.
/// </remarks>
public sealed class AdditiveAttention : Attention
{
    /// <summary>Creates an attention layer.</summary>
    /// <param name="useScale">Whether to learn the weight <c>scale</c>; true by default.</param>
    /// <param name="dropout">Fraction of the scores to drop in training, 0 to 1; 0 by default.</param>
    /// <param name="seed">Kept for compatibility with Keras files; random numbers derive from the run's seed.</param>
    /// <param name="name">Unique name, or null for <c>additive_attention</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside [0, 1].</exception>
    public AdditiveAttention(bool useScale = true, double dropout = 0, long? seed = null, string? name = null)
        : base(useScale, "dot", dropout, seed, name)
    {
    }

    internal static new AdditiveAttention FromConfig(ConfigReader config) => new(
        config.Bool("use_scale", true), config.Double("dropout", 0), config.OptionalLong("seed"), config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        if (!UseScale)
        {
            return;
        }

        if (inputShapes[0][^1] == Shape.None)
        {
            throw UnfitInput(inputShapes[0], "inputs with a known number of features");
        }

        AddScale([inputShapes[0][^1]], Initializer.GlorotUniform);
    }

    private protected override Tensor Scores(Tensor query, Tensor key)
    {
        Tensor bent = query.unsqueeze(-2).Plus(key.unsqueeze(-3)).tanh();
        return (Scale is null ? bent : Scale * bent).sum(-1);
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        ArgumentNullException.ThrowIfNull(config);
        base.WriteConfig(config);
        config.Remove("score_mode");
    }
}
