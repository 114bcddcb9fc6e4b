using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Cairn.Losses;

/// <summary>
/// The loss of a model, <c>"mse"</c>, or those of its outputs: in their order, <c>["mse", "binary_crossentropy"]</c>, or by name,
/// <c>new() { ["price"] = "mse", ["sold"] = "binary_crossentropy" }</c>. Null for an output that is not trained.
/// </summary>
[CollectionBuilder(typeof(OutputLosses), nameof(Create))]
public sealed class OutputLosses : PerOutput<Loss?>
{
    /// <summary>Starts with none, for an initializer that names the outputs.</summary>
    public OutputLosses()
        : base([])
    {
    }

    private OutputLosses(ReadOnlySpan<Loss?> losses, bool isOne)
        : base(losses, isOne)
    {
    }

    /// <summary>Losses in the order of the model's outputs.</summary>
    /// <param name="losses">One for each output; null for one that is not trained.</param>
    public static OutputLosses Create(ReadOnlySpan<Loss?> losses) => new(losses, isOne: false);

    /// <summary>The loss of all outputs.</summary>
    [return: NotNullIfNotNull(nameof(loss))]
    public static implicit operator OutputLosses?(Loss? loss) => loss is null ? null : new([loss], isOne: true);

    /// <summary>The loss of all outputs, by Keras' name of it.</summary>
    /// <exception cref="ArgumentException">The name is unknown; the message names the nearest ones.</exception>
    [return: NotNullIfNotNull(nameof(name))]
    public static implicit operator OutputLosses?(string? name) => name is null ? null : (OutputLosses)(Loss)name;
}
