namespace Cairn.Saving;

/// <summary>Finds the newest undamaged file: if one is damaged, falls back to the one before.</summary>
internal static class NewestWhole
{
    /// <summary>Reads the first file that can be read.</summary>
    /// <param name="newestFirst">The files.</param>
    /// <param name="read">Reads one file.</param>
    /// <param name="what">The kind of file, for the warning, such as <c>backup</c>.</param>
    /// <param name="warn">Receives the problem of the newest file and the replacement; both files are named.</param>
    /// <returns>Null if there are no files.</returns>
    /// <exception cref="ModelFormatException">All files are damaged; the exception is that of the newest.</exception>
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
                    warn($"The newest {what} can't be used: {damage.Message} Using the previous one, '{file}'.");
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
