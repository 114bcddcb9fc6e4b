using System.Text.Json.Nodes;
using Cairn.Initializers;
using Cairn.Saving;
using TorchSharp;
using static Cairn.Native.HeldScalar;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>
/// Wraps a layer and divides its kernel by its largest singular value before each training step (Miyato et al., 2018). Keras:
/// <c>layers.SpectralNormalization</c>.
/// </summary>
/// <remarks>
/// The value is found by power iteration from the vector u <c>[1, outputs]</c>, a non-trainable weight. Outside training the kernel is used
/// as it is.
/// </remarks>
public sealed class SpectralNormalization : Layer
{
    // Keras' guard against vectors of length 0.
    private const double Epsilon = 1e-7;

    private readonly int powerIterations;
    private Variable? kernel;
    private Variable? vectorU;

    /// <summary>Creates the wrapper.</summary>
    /// <param name="layer">A layer with a kernel or embeddings, such as <see cref="Dense"/>, <see cref="Conv2D"/> or
    /// <see cref="Embedding"/>.</param>
    /// <param name="powerIterations">Number of power iterations per step, 1 or more; 1 by default.</param>
    /// <param name="name">Unique name, or null for <c>spectral_normalization</c>, <c>spectral_normalization_1</c>, …</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="powerIterations"/> is below 1.</exception>
    public SpectralNormalization(Layer layer, int powerIterations = 1, string? name = null)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(powerIterations, 1);
        Layer = AddSublayer(layer, "layer");
        this.powerIterations = powerIterations;
    }

    /// <summary>The layer whose kernel is normalized.</summary>
    public Layer Layer { get; }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => Layer.ComputeOutputShape(inputShape);

    // Keras files store the kernel with the wrapper too.
    internal override IReadOnlyList<Variable> OwnWeights => kernel is null ? [] : [kernel, vectorU!];

    private protected override IEnumerable<Variable> ChangedByCall => OwnWeights;

    internal static SpectralNormalization FromConfig(ConfigReader config) => new(
        LayerRegistry.Deserialize(config.Node("layer"), $"{config.Place}/layer"), config.Int("power_iterations", 1),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        BuildSublayer(Layer, inputShape);
        kernel = Layer.OwnWeights.FirstOrDefault(w => w.Name is "kernel" or "embeddings") ?? throw new ArgumentException(
            $"SpectralNormalization '{Name}' takes a layer with a kernel or embeddings; {Layer.ClassName} '{Layer.Name}' has none.");
        vectorU = AddWeight("vector_u", [1, kernel.Shape[^1]], new TruncatedNormal(stddev: 0.02), trainable: false);
    }

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context)
    {
        if (!context.Training)
        {
            return Layer.Apply(x, context);
        }

        // Another call in this step changes the kernel again.
        Normalize(kernel!.Stored, vectorU!.Stored);
        return kernel.WithCopy(() => Layer.Apply(x, context));
    }

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config)
    {
        config["layer"] = Layer.Serialize();
        config["power_iterations"] = powerIterations;
    }

    private void Normalize(Tensor kernel, Tensor vectorU)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable _ = no_grad();
        if (kernel.count_nonzero().item<long>() == 0)
        {
            return;
        }

        Tensor weights = kernel.reshape(-1, kernel.shape[^1]);
        Tensor u = vectorU;
        Tensor v = u;
        for (int i = 0; i < powerIterations; i++)
        {
            v = OfLengthOne(u.MatrixProduct(weights.transpose(0, 1)));
            u = OfLengthOne(v.MatrixProduct(weights));
        }

        Tensor sigma = v.MatrixProduct(weights).MatrixProduct(u.transpose(0, 1));
        vectorU.copy_(u);
        kernel.div_(sigma.reshape([]));
    }

    private static Tensor OfLengthOne(Tensor x) => x * x.Squared().sum().clamp_min(Held(Epsilon * Epsilon)).rsqrt();
}
