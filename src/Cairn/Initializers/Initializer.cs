using System.Text.Json.Nodes;
using Cairn.Saving;
using Cairn.Training;

namespace Cairn.Initializers;

/// <summary>How the first numbers of a weight are chosen. A string such as <c>"he_normal"</c> becomes one by itself.</summary>
/// <remarks>
/// The distributions are Keras'; the random numbers are our own, since no two Keras backends draw the same ones either.
/// The same seed gives the same weights on every machine.
/// </remarks>
[SavedKind]
public abstract partial class Initializer
{
    private protected Initializer(long? seed = null) => Seed = seed;

    /// <summary>A seed of this initializer's own, or null (default) to follow the model's seed.</summary>
    public long? Seed { get; }

    /// <summary>Keras' class name.</summary>
    public virtual string ClassName => GetType().Name;

    /// <summary>Makes an initializer from Keras' name of it.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    public static implicit operator Initializer(string name) => InitializerRegistry.Get(name);

    /// <summary>The initializer as Keras' files hold it, for the configuration of a class of your own.</summary>
    public JsonObject Serialize() => KerasObject.Wrap("keras.initializers", ClassName, GetConfig());

    internal void Fill(Span<float> values, Shape shape, RandomStream random)
    {
        RandomStream stream = Seed is { } seed ? new RandomStream((ulong)seed, RandomPurpose.Initialization) : random;
        Fill(values, shape, ref stream);
    }

    internal abstract void Fill(Span<float> values, Shape shape, ref RandomStream random);

    /// <summary>The same for a weight whose axes of inputs and outputs are known, where the numbers depend on that and nothing was said.</summary>
    internal virtual Initializer ForAxes(IReadOnlyList<int> inputAxes, IReadOnlyList<int> outputAxes) => this;

    internal virtual JsonObject GetConfig() => [];
}
