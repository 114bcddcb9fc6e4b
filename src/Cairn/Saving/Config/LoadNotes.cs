namespace Cairn.Saving;

/// <summary>Collects notes from the configuration readers during the current load.</summary>
internal static class LoadNotes
{
    private const int Most = 20;

    private static readonly AsyncLocal<List<string>?> Current = new();

    /// <summary>Adds a note, once.</summary>
    public static void Add(string note)
    {
        if (Current.Value is { Count: < Most } notes && !notes.Contains(note))
        {
            notes.Add(note);
        }
    }

    /// <summary>Collects notes into a list until the returned scope is disposed.</summary>
    public static IDisposable Into(List<string> notes)
    {
        List<string>? before = Current.Value;
        Current.Value = notes;
        return new End(before);
    }

    private sealed class End(List<string>? before) : IDisposable
    {
        public void Dispose() => Current.Value = before;
    }
}
