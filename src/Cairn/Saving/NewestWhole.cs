namespace Cairn.Saving;

/// <summary>Takes the newest file that is whole: one that is damaged falls back to the one before.</summary>
internal static class NewestWhole
{
    /// <summary>Reads the first file that can be read.</summary>
    /// <param name="newestFirst">The files.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="what">What they are, for the warning, such as <c>backup</c>.</param>
    /// <param name="warn">Told what is wrong with the newest, and what is taken instead; both files are named.</param>
    /// <returns>Null where there are none.</returns>
    /// <exception cref="ModelFormatException">There are files, and all are damaged; it is that of the newest.</exception>
    public static (string File, T Content)? Read<T>(IEnumerable<string> newestFirst, Func<string, T> read, string what, Action<string> warn)
    {
        ModelFormatException? damage = null;
        foreach (string file in newestFirst)
        {
            try
            {
                T content = read(file);
                if (damage is not null)
                {
                    warn($"The newest {what} can't be used: {damage.Message} Going on from the one before, '{file}'.");
                }

                return (file, content);
            }
            catch (ModelFormatException exception)
            {
                damage ??= exception;
            }
        }

        return damage is null ? null : throw damage;
    }
}
