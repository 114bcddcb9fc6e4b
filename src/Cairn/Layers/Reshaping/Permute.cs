using System.Text.Json.Nodes;
using Cairn.Saving;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>Permutes the axes after the batch. Keras: <c>layers.Permute</c>.</summary>
public sealed class Permute : Layer
{
    private readonly Axes dims;

    /// <summary>Creates a permutation layer.</summary>
    /// <param name="dims">The input axis for each output axis, numbered from 1: <c>[2, 1]</c> swaps two axes.</param>
    /// <param name="name">Unique name, or null for <c>permute</c>, <c>permute_1</c>, …</param>
    /// <exception cref="ArgumentException">The axes are not a permutation of 1, 2, ….</exception>
    public Permute(Axes dims, string? name = null)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(dims);
        if (!dims.Order().SequenceEqual(Enumerable.Range(1, dims.Count)))
        {
            throw new ArgumentException($"dims must contain each of 1 to {dims.Count} once; got {dims}.", nameof(dims));
        }

        this.dims = [.. dims];
    }

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape) => inputShape.Rank == dims.Count + 1
        ? [inputShape[0], .. dims.Select(d => inputShape[d])]
        : throw UnfitInput(inputShape, $"inputs with {dims.Count} axes after the batch");

    internal static Permute FromConfig(ConfigReader config) => new(
        Axes.Create(config.OptionalInts("dims") ?? throw config.Error("dims", "expected a list of axes, found nothing")),
        config.OptionalString("name"));

    /// <inheritdoc/>
    protected override Tensor Call(Tensor x, CallContext context) => x.permute([0, .. dims.Select(d => (long)d)]);

    /// <inheritdoc/>
    protected override void WriteConfig(JsonObject config) => config["dims"] = dims.ToJson();
}
