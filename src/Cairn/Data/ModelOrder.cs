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

    /// <summary>
    /// Returns the targets of all outputs. Those of outputs that need none may be left out, by name or, if all of them are, in order.
    /// </summary>
    /// <typeparam name="T">The type of a target.</typeparam>
    /// <param name="given">The targets, in model order or in the order of <paramref name="names"/>.</param>
    /// <param name="names">The names of the targets; empty if they are in model order.</param>
    /// <param name="layout">The names of the outputs, and which of them need a target.</param>
    /// <param name="argument">The name of the argument, for messages.</param>
    /// <param name="unused">Creates a placeholder for a target that is not needed.</param>
    /// <exception cref="ArgumentException">The number of targets or a name does not match the model.</exception>
    public static IReadOnlyList<T> Targets<T>(IReadOnlyList<T> given, IReadOnlyList<string> names, BatchLayout layout, string argument,
        Func<T> unused)
    {
        IReadOnlyList<string> known = layout.OutputNames;
        if (layout.Targeted is not { } needed || known.Count == 0 || needed.Count == known.Count)
        {
            return All(given, names, known, argument, "output");
        }

        if (names.Count > 0)
        {
            RefuseUnknown(names, known, argument, "output");
            return [.. known.Select((name, i) => IndexOf(names, name) is >= 0 and var at ? given[at]
                : needed.Contains(i) ? throw new ArgumentException($"{argument} has no entry for the model's output '{name}'.", argument)
                : unused())];
        }

        if (needed.Count == 0 || given.Count != needed.Count)
        {
            return needed.Count == 0 ? given : All(given, names, known, argument, "output");
        }

        var next = new Queue<T>(given);
        return [.. known.Select((_, i) => needed.Contains(i) ? next.Dequeue() : unused())];
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
