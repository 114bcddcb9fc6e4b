using System.Text.Json.Nodes;

namespace Cairn.Callbacks;

/// <summary>The files that a checkpoint has written, and which of them to keep: the last ones, the best ones, or both.</summary>
internal sealed class CheckpointFiles(int? keepLast, int? keepBest, Func<double, double, bool> isBetter)
{
    private readonly List<Entry> entries = [];

    /// <summary>Whether a file with that value would be kept.</summary>
    public bool WouldKeep(double? value) => keepBest is null || keepLast is not null || Rank(new Entry("", value)) < keepBest;

    /// <summary>Adds a file that is about to be written.</summary>
    /// <returns>The files that can be deleted once the new file is on disk.</returns>
    public IReadOnlyList<string> Add(string path, double? value)
    {
        if (keepLast is null && keepBest is null)
        {
            return [];
        }

        entries.RemoveAll(entry => entry.Path == path);
        entries.Add(new Entry(path, value));
        List<Entry> dropped = [.. entries.Where((entry, index) => !IsKept(entry, index))];
        entries.RemoveAll(dropped.Contains);
        return [.. dropped.Select(entry => entry.Path)];
    }

    /// <summary>Removes a file that could not be written.</summary>
    public void Remove(string path) => entries.RemoveAll(entry => entry.Path == path);

    public void Clear() => entries.Clear();

    public void Save(SavedState state)
    {
        state.Values["files"] = new JsonArray([.. entries.Select(entry => (JsonNode)entry.Path)]);
        state.Arrays["values"] = entries.Select(entry => entry.Value ?? double.NaN).ToArray();
    }

    public void Load(SavedState state)
    {
        entries.Clear();
        IEnumerable<string> paths = state.Values["files"]!.AsArray().Select(path => (string)path!);
        entries.AddRange(paths.Zip(state.GetDoubles("values"), (path, value) => new Entry(path, double.IsNaN(value) ? null : value)));
    }

    private bool IsKept(Entry entry, int index) =>
        (keepLast is { } last && index >= entries.Count - last) || (keepBest is { } best && Rank(entry) < best);

    // The number of files ranked before it: better ones, and earlier ones with an equal value.
    private int Rank(Entry entry)
    {
        int place = entries.IndexOf(entry);
        return entries.Where((other, index) => other != entry
            && (IsBetter(other, entry) || (!IsBetter(entry, other) && (place < 0 || index < place)))).Count();
    }

    private bool IsBetter(Entry one, Entry other) => (one.Value, other.Value) switch
    {
        ({ } a, { } b) => isBetter(a, b),
        ({ }, null) => true,
        _ => false,
    };

    private sealed record Entry(string Path, double? Value)
    {
        public double? Value { get; } = Value is { } number && double.IsNaN(number) ? null : Value;
    }
}
