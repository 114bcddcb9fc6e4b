using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Losses;

/// <summary>
/// The loss of a model, <c>"mse"</c>, or the losses of its outputs, in order, <c>["mse", "binary_crossentropy"]</c>, or by name,
/// <c>new() { ["price"] = "mse", ["sold"] = "binary_crossentropy" }</c>. Null for an output that is not trained.
/// </summary>
[CollectionBuilder(typeof(OutputLosses), nameof(Create))]
public sealed class OutputLosses : PerOutput<Loss?>
{
    /// <summary>Creates an empty collection, for a collection initializer with output names.</summary>
    public OutputLosses()
        : base([])
    {
    }

    private OutputLosses(ReadOnlySpan<Loss?> losses, bool isOne)
        : base(losses, isOne)
    {
    }

    /// <summary>Creates losses in the order of the model's outputs.</summary>
    /// <param name="losses">One per output; null for an output that is not trained.</param>
    public static OutputLosses Create(ReadOnlySpan<Loss?> losses) => new(losses, isOne: false);

    /// <summary>Converts the loss of all outputs.</summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator OutputLosses?(Loss? loss) => loss is null ? null : new([loss], isOne: true);

    /// <summary>Converts the Keras name of the loss of all outputs.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message suggests similar ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator OutputLosses?(string? name) => name is null ? null : (OutputLosses)(Loss)name;
}
