namespace Cairn.Saving;

/// <summary>Gathers what the readers of configurations have to tell about the load under way.</summary>
internal static class LoadNotes
{
    private const int Most = 20;

    private static readonly AsyncLocal<List<string>?> Current = new();

    /// <summary>Tells something, once.</summary>
    public static void Add(string note)
    {
        if (Current.Value is { Count: < Most } notes && !notes.Contains(note))
        {
            notes.Add(note);
        }
    }

    /// <summary>Gathers into a list until what is returned is disposed.</summary>
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
