using System.Globalization;

namespace Cairn.Saving.Hdf5;

/// <summary>The <c>.weights.h5</c> file of Keras 3, alone or inside a <c>.keras</c> archive: variables by object path.</summary>
internal static class WeightsHdf5
{
    /// <summary>The group of an object's variables.</summary>
    public const string Variables = "vars";

    private const string NameAttribute = "name";

    // Headers, links and names of one object; a name can fill an attribute (64 KiB), and is stored here and in its group's path.
    private const long MostBytesOfObject = 4 * 64 * 1024;

    /// <summary>An upper bound of the size in bytes of a file with these groups.</summary>
    public static long MostBytes(IReadOnlyCollection<WeightGroup> groups) =>
        (groups.Count + groups.Sum(group => (long)group.Weights.Count)) * MostBytesOfObject
        + groups.Sum(group => group.Weights.Sum(weight => weight.ByteCount));

    /// <summary>Writes the groups to a writable, seekable stream (see <see cref="AtomicFile"/>).</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="checksum">The checksum to store; null if a container, such as an archive, has its own.</param>
    /// <exception cref="ArgumentException">Paths or names clash.</exception>
    public static void Write(Stream stream, IEnumerable<WeightGroup> groups, string? checksum = null)
    {
        var root = new GroupNode();
        if (checksum is not null)
        {
            root.Set(ContentChecksum.Key, checksum);
        }

        foreach (WeightGroup group in groups)
        {
            // Keras writes no group for an unnamed object without variables.
            if (group.Name is null && group.Weights.Count == 0)
            {
                continue;
            }

            GroupNode place = Hdf5Writing.GetOrAddGroup(root, group.Path);
            var variables = new GroupNode();
            if (!place.TryAdd(Variables, variables))
            {
                throw new ArgumentException($"Two objects are saved at '{group.Path}'.");
            }

            if (group.Name is not null)
            {
                variables.Set(NameAttribute, group.Name);
            }

            foreach (WeightData weight in group.Weights)
            {
                Hdf5Writing.AddWeight(variables, weight);
            }
        }

        Hdf5Writer.Write(stream, root);
    }

    /// <summary>Reads all groups, by path.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static WeightGroups Read(string path, FileLimits? limits = null) => OrClosed(WeightSource.Open(path), limits);

    /// <summary>Reads all groups from a seekable stream, by path; <paramref name="fileName"/> is for messages.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static WeightGroups Read(Stream stream, string? fileName, FileLimits? limits = null) =>
        OrClosed(WeightSource.Of(stream, fileName), limits);

    /// <summary>Reads all groups of an open file, which is closed with them; it stays open if reading fails.</summary>
    /// <exception cref="ModelFormatException">The file has another format or is damaged.</exception>
    public static WeightGroups Read(WeightSource source, FileLimits? limits) => Hdf5File.Read(source, limits, file => Read(file, source));

    private static WeightGroups OrClosed(WeightSource source, FileLimits? limits)
    {
        try
        {
            return Read(source, limits);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static WeightGroups Read(Hdf5File file, WeightSource source)
    {
        var groups = new WeightGroups(source);
        if (file.Root.Contains("model_weights"))
        {
            throw file.Root.Failure("this is a whole-model '.h5' file; expected a '.weights.h5' file.");
        }

        Collect(file, file.Root, "", groups, depth: 0);
        if (groups.Count == 0)
        {
            throw file.Root.Failure("the file has no weights: it has no group 'vars'.");
        }

        // Before any weight of the target model is changed.
        string? checksum = file.Root.TryGetText(ContentChecksum.Key, file.Limits.MaximumNameBytes);
        ContentChecksum.Check(checksum, () => ContentChecksum.Of(groups.Values), source.FileName).GetAwaiter().GetResult();
        return OldWeightPaths.Modernized(groups);
    }

    private static void Collect(Hdf5File file, Hdf5Group group, string path, WeightGroups groups, int depth)
    {
        if (depth > file.Limits.MaximumDepth)
        {
            throw group.Failure($"the groups are nested deeper than {file.Limits.MaximumDepth}.");
        }

        foreach (string name in group.Names)
        {
            if (!group.IsGroup(name))
            {
                throw group.Failure($"'{name}' is a data set; outside a 'vars' group, only groups are allowed.");
            }

            Hdf5Group child = group.GetGroup(name);
            if (name == Variables)
            {
                groups[path] = new(path, child.TryGetText(NameAttribute, file.Limits.MaximumNameBytes), ReadVariables(child));
            }
            else
            {
                Collect(file, child, path.Length == 0 ? name : $"{path}/{name}", groups, depth + 1);
            }
        }
    }

    /// <summary>Sorts variables by number, not alphabetically, since 10 comes after 9.</summary>
    public static IEnumerable<T> InOrder<T>(IEnumerable<T> variables, Func<T, string> nameOf) => variables
        .OrderBy(variable => int.TryParse(nameOf(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
        : int.MaxValue)
        .ThenBy(nameOf, StringComparer.Ordinal);

    private static List<WeightData> ReadVariables(Hdf5Group group) => [.. InOrder(group.Names, name => name).Select(group.GetDataset)];
}
