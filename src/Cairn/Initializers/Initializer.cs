using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>Defines the initial values of a weight. Converts implicitly from a string such as <c>"he_normal"</c>.</summary>
/// <remarks>
/// The distributions are the same as in Keras, but not the random numbers, which also differ between Keras backends. The same seed gives
/// the same weights on every machine.
/// </remarks>
[SavedKind]
public abstract partial class Initializer
{
    private protected Initializer(long? seed = null) => Seed = seed;

    /// <summary>The seed of this initializer, or null (default) to derive it from the model's seed.</summary>
    public long? Seed { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Creates an initializer from its Keras name.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator Initializer?(string? name) => name is null ? null : InitializerRegistry.Get(name);

    /// <summary>Returns the initializer in Keras' serialized form, for the configuration of a custom class.</summary>
    public JsonObject Serialize() => KerasObject.Wrap("keras.initializers", ClassName, GetConfig());

    internal void Fill(Span<float> values, Shape shape, RandomStream random)
    {
        RandomStream stream = Seed is { } seed ? new RandomStream((ulong)seed, RandomPurpose.Initialization) : random;
        Fill(values, shape, ref stream);
    }

    internal abstract void Fill(Span<float> values, Shape shape, ref RandomStream random);

    /// <summary>The same for a weight with known input and output axes, if the values depend on them and no axes were given.</summary>
    internal virtual Initializer ForAxes(IReadOnlyList<int> inputAxes, IReadOnlyList<int> outputAxes) => this;

    internal virtual JsonObject GetConfig() => [];
}
