using System.Text;

namespace Cairn.Saving.Hdf5;

/// <summary>Adds weights and names to the groups of a file to be written, without copying the weights.</summary>
internal static class Hdf5Writing
{
    // Keras' limit for one attribute; HDF5's own limit is 64 KiB for a whole header message.
    private const int MaximumAttributeBytes = 64512;
    private const int BytesOfStringReference = 16;

    /// <summary>Adds the weight below <paramref name="group"/>, creating a group for each part of its name but the last.</summary>
    /// <exception cref="ArgumentException">
    /// Two weights of the group have the same name, or the name of one is a prefix of another's.
    /// </exception>
    public static void AddWeight(GroupNode group, WeightData weight)
    {
        string[] steps = weight.Name.Split('/');
        GroupNode parent = GetOrAddGroup(group, steps[..^1], weight.Name);
        if (!parent.TryAdd(steps[^1], weight))
        {
            throw new ArgumentException($"Two weights are named '{weight.Name}'; the names within a layer must differ.");
        }
    }

    /// <summary>The group at a path, created if missing.</summary>
    public static GroupNode GetOrAddGroup(GroupNode group, string path) =>
        path.Length == 0 ? group : GetOrAddGroup(group, path.Split('/'), path);

    /// <summary>Adds a list of names as Keras does: split over <c>name0</c>, <c>name1</c>… if it is too long for one attribute.</summary>
    /// <exception cref="ArgumentException">A single name is too long for an attribute.</exception>
    public static void AddNames(GroupNode group, string attribute, IReadOnlyList<string> names)
    {
        int longest = names.Count == 0 ? 0 : names.Max(Encoding.UTF8.GetByteCount);
        if (longest > MaximumAttributeBytes)
        {
            throw new ArgumentException(
                $"A name of {longest} bytes ('{names.MaxBy(Encoding.UTF8.GetByteCount)![..40]}…') can't be saved; "
                + $"at most {MaximumAttributeBytes} bytes are allowed.");
        }

        // Keras counts only the bytes of the names; each also takes a reference, which matters for short names.
        int bytesOfOne = Math.Max(longest, BytesOfStringReference);
        int pieces = 1;
        while ((names.Count + pieces - 1L) / pieces * bytesOfOne > MaximumAttributeBytes)
        {
            pieces++;
        }

        if (pieces == 1)
        {
            group.Set(attribute, [.. names]);
            return;
        }

        for (int piece = 0, start = 0; piece < pieces; piece++)
        {
            int length = names.Count / pieces + (piece < names.Count % pieces ? 1 : 0);
            group.Set(attribute + piece, [.. names.Skip(start).Take(length)]);
            start += length;
        }
    }

    private static GroupNode GetOrAddGroup(GroupNode group, string[] steps, string path)
    {
        foreach (string step in steps)
        {
            if (step.Length == 0)
            {
                throw new ArgumentException($"'{path}' can't be saved: a part of the name is empty.");
            }

            if (!group.Groups.TryGetValue(step, out GroupNode? child) && !group.TryAdd(step, child = new GroupNode()))
            {
                throw new ArgumentException($"'{path}' can't be saved: another weight has the name of its group '{step}'.");
            }

            group = child;
        }

        return group;
    }
}
