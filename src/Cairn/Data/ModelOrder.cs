namespace Cairn.Data;

/// <summary>Sorts what was passed for the inputs or outputs of a model, in order or by name, into model order.</summary>
internal static class ModelOrder
{
    /// <summary>Returns the items for all inputs or outputs.</summary>
    /// <typeparam name="T">The type of an item.</typeparam>
    /// <param name="given">The items, in model order or in the order of <paramref name="names"/>.</param>
    /// <param name="names">The names of the items; empty if they are in model order.</param>
    /// <param name="known">The names of the model's inputs or outputs; empty if they are not fixed.</param>
    /// <param name="argument">The name of the argument, for messages.</param>
    /// <param name="what">"input" or "output".</param>
    /// <exception cref="ArgumentException">The number of items or a name does not match the model.</exception>
    public static IReadOnlyList<T> All<T>(IReadOnlyList<T> given, IReadOnlyList<string> names, IReadOnlyList<string> known, string argument,
        string what)
    {
        if (names.Count == 0 || known.Count == 0)
        {
            return known.Count == 0 || given.Count == known.Count
                ? given
                : throw new ArgumentException($"{argument} has {given.Count} {(given.Count == 1 ? "array" : "arrays")}; the model "
                + $"has {known.Count} {what}{(known.Count == 1 ? "" : "s")}: {string.Join(", ", known)}.", argument);
        }

        RefuseUnknown(names, known, argument, what);
        return [.. known.Select(name => IndexOf(names, name) is >= 0 and var at
            ? given[at]
            : throw new ArgumentException($"{argument} has no entry for the model's {what} '{name}'.", argument))];
    }

    /// <summary>Returns the weights: one for all outputs, or one per output; missing for outputs that are not named.</summary>
    /// <inheritdoc cref="All"/>
    public static IReadOnlyList<T?> Weights<T>(IReadOnlyList<T> given, IReadOnlyList<string> names, IReadOnlyList<string> known,
        string argument)
        where T : class
    {
        if (names.Count == 0 || known.Count == 0)
        {
            return given.Count == 1 || known.Count == 0 || given.Count == known.Count
                ? given
                : throw new ArgumentException($"{argument} has {given.Count} arrays; pass one for all outputs, or one per "
                + $"output: {string.Join(", ", known)}.", argument);
        }

        RefuseUnknown(names, known, argument, "output");
        return [.. known.Select(name => IndexOf(names, name) is >= 0 and var at ? given[at] : null)];
    }

    private static void RefuseUnknown(IReadOnlyList<string> names, IReadOnlyList<string> known, string argument, string what)
    {
        if (names.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"{argument} names the {what} '{unknown}', which the model does not "
                + $"have. {NearestName.Hint(unknown, known)}", argument);
        }
    }

    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
