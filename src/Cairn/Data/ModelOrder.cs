namespace Cairn.Data;

/// <summary>Brings what was given for the inputs or outputs of a model, in its order or by name, into its order.</summary>
internal static class ModelOrder
{
    /// <summary>The things for all inputs or outputs.</summary>
    /// <typeparam name="T">What was given for each.</typeparam>
    /// <param name="given">In the model's order, or that of <paramref name="names"/>.</param>
    /// <param name="names">The names it was given by; none where it stands in the model's order.</param>
    /// <param name="known">The model's names; none where it has no fixed inputs or outputs.</param>
    /// <param name="argument">The argument, for messages.</param>
    /// <param name="what">"input" or "output".</param>
    /// <exception cref="ArgumentException">They are not as many, or named otherwise.</exception>
    public static IReadOnlyList<T> All<T>(IReadOnlyList<T> given, IReadOnlyList<string> names, IReadOnlyList<string> known, string argument,
        string what)
    {
        if (names.Count == 0 || known.Count == 0)
        {
            return known.Count == 0 || given.Count == known.Count
                ? given
                : throw new ArgumentException($"{argument} holds {given.Count} {(given.Count == 1 ? "array" : "arrays")}; the model "
                + $"has {known.Count} {what}{(known.Count == 1 ? "" : "s")}: {string.Join(", ", known)}.", argument);
        }

        RefuseUnknown(names, known, argument, what);
        return [.. known.Select(name => IndexOf(names, name) is >= 0 and var at
            ? given[at]
            : throw new ArgumentException($"{argument} holds nothing for the {what} '{name}' of the model.", argument))];
    }

    /// <summary>The weights: one for all outputs, or one for each, where those of outputs that are not named are missing.</summary>
    /// <inheritdoc cref="All"/>
    public static IReadOnlyList<T?> Weights<T>(IReadOnlyList<T> given, IReadOnlyList<string> names, IReadOnlyList<string> known,
        string argument)
        where T : class
    {
        if (names.Count == 0 || known.Count == 0)
        {
            return given.Count == 1 || known.Count == 0 || given.Count == known.Count
                ? given
                : throw new ArgumentException($"{argument} holds {given.Count} arrays; one for all outputs is allowed, or one for "
                + $"each: {string.Join(", ", known)}.", argument);
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
