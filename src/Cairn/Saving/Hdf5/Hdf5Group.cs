namespace Cairn.Saving.Hdf5;

/// <summary>A group: string attributes, groups and data sets by name.</summary>
internal sealed class Hdf5Group
{
    private readonly Hdf5File file;
    private readonly List<Hdf5Message> messages;
    private readonly Dictionary<string, Hdf5Group> groups = new(StringComparer.Ordinal);
    private Dictionary<string, Hdf5Link>? links;
    private Dictionary<string, Hdf5Attribute>? attributes;

    private Hdf5Group(Hdf5File file, ulong address, List<Hdf5Message> messages, string path)
    {
        this.file = file;
        Address = address;
        this.messages = messages;
        Path = path;
    }

    /// <summary>The address of the group's header.</summary>
    public ulong Address { get; }

    /// <summary>The path of the group in the file; <c>/</c> for the root.</summary>
    public string Path { get; }

    /// <summary>The names of its groups and data sets, in the order of the file.</summary>
    public IReadOnlyCollection<string> Names => Links.Keys;

    public IReadOnlyCollection<string> AttributeNames => Attributes.Keys;

    private Dictionary<string, Hdf5Link> Links => links ??= At(() => Hdf5Links.Read(file, messages));

    private Dictionary<string, Hdf5Attribute> Attributes => attributes ??= At(ReadAttributes);

    public static Hdf5Group Open(Hdf5File file, ulong address, string path)
    {
        file.Source.Location = path;

        // Links may lead to the same group by any number of paths, each of which takes memory.
        file.ChargeText(path.Length * sizeof(char));
        List<Hdf5Message> messages = Hdf5ObjectHeader.Read(file.Source, address);
        return IsGroup(messages) ? new(file, address, messages, path) : throw file.Source.Failure("expected a group, found a data set.");
    }

    public bool Contains(string name) => Links.ContainsKey(name);

    /// <summary>The group at a path below this one; null if there is none.</summary>
    public Hdf5Group? TryGetGroup(string path)
    {
        Hdf5Group current = From(path);
        foreach (string name in Steps(path.TrimStart('/')))
        {
            if (current.TryGetChild(name) is not { } child)
            {
                return null;
            }

            current = child;
        }

        return current;
    }

    public Hdf5Group GetGroup(string path) =>
        TryGetGroup(path) ?? throw Missing(path, "group");

    /// <summary>Reads the array at <paramref name="path"/> below this group.</summary>
    public WeightData GetDataset(string path)
    {
        string[] steps = Steps(path.TrimStart('/'));
        Hdf5Group? parent = steps.Length == 1 ? From(path) : From(path).TryGetGroup(string.Join('/', steps[..^1]));
        return parent?.TryGetAddress(steps[^1]) is { } address
            ? Hdf5Dataset.Read(file, address, parent.PathOf(steps[^1]), path)
            : throw Missing(path, "data set");
    }

    /// <summary>Whether the entry is a group; false for a data set.</summary>
    public bool IsGroup(string name)
    {
        file.Source.Location = PathOf(name);
        return IsGroup(Hdf5ObjectHeader.Read(file.Source, TryGetAddress(name) ?? throw Missing(name, "entry")));
    }

    public string? TryGetText(string attribute, int maximumBytes) => Attributes.TryGetValue(attribute, out Hdf5Attribute? found)
        ? At(() => found.Text(maximumBytes))
        : null;

    public IReadOnlyList<string>? TryGetTexts(string attribute, int maximumBytes) =>
        Attributes.TryGetValue(attribute, out Hdf5Attribute? found)
        ? At(() => found.Texts(maximumBytes))
        : null;

    public ModelFormatException Failure(string problem) => At(() => file.Source.Failure(problem));

    /// <summary>The address of an entry's header, following soft links; null if there is none.</summary>
    /// <exception cref="ModelFormatException">The target of the link does not exist.</exception>
    public ulong? TryGetAddress(string name)
    {
        if (!Links.TryGetValue(name, out Hdf5Link link))
        {
            return null;
        }

        return link.Target is null ? link.Address : file.Follow(this, name, link.Target);
    }

    private Hdf5Group? TryGetChild(string name)
    {
        if (!groups.TryGetValue(name, out Hdf5Group? group) && TryGetAddress(name) is { } address)
        {
            groups[name] = group = Open(file, address, PathOf(name));
        }

        return group;
    }

    private static bool IsGroup(List<Hdf5Message> messages) => messages.Exists(message =>
        message.Type is Hdf5MessageType.SymbolTable or Hdf5MessageType.LinkInfo or Hdf5MessageType.Link);

    private ModelFormatException Missing(string path, string what) => Failure(
        $"there is no {what} '{path}'; the group contains: {(Links.Count == 0 ? "nothing" : string.Join(", ", Links.Keys.Take(20)))}.");

    // Keras 2 named an optimizer's counter '/iterations:0', which HDF5 put at the root.
    private Hdf5Group From(string path) => path.StartsWith('/') ? file.Root : this;

    private string[] Steps(string path)
    {
        string[] steps = path.Split('/');
        if (steps.Length > file.Limits.MaximumDepth)
        {
            throw Failure($"a name has {steps.Length} parts; at most {file.Limits.MaximumDepth} nested groups are allowed.");
        }

        return Array.Exists(steps, string.IsNullOrEmpty)
            ? throw Failure($"'{path}' is not a valid name: it is empty or has two slashes in a row.")
            : steps;
    }

    private string PathOf(string name) => Path == "/" ? name : $"{Path}/{name}";

    private T At<T>(Func<T> read)
    {
        file.Source.Location = Path;
        return read();
    }

    private Dictionary<string, Hdf5Attribute> ReadAttributes()
    {
        var found = new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal);
        foreach (Hdf5Message message in messages)
        {
            if (message.Type == Hdf5MessageType.Attribute)
            {
                var attribute = Hdf5Attribute.Read(file, message.Data);
                found.TryAdd(attribute.Name, attribute);
            }
            else if (message.Type == Hdf5MessageType.AttributeInfo)
            {
                ReadDense(message, found);
            }
        }

        return found;
    }

    // 'latest' files store more than eight attributes, or large ones, in a heap, and their names in a tree.
    private void ReadDense(Hdf5Message message, Dictionary<string, Hdf5Attribute> found)
    {
        const byte NamesOfAttributes = 8;
        const int IdBytes = 8, RecordBytes = 17;
        const byte Shared = 2;
        var cursor = new Hdf5Cursor(message.Data.Span, file.Source);
        cursor.Skip(1);
        byte flags = cursor.Byte();
        cursor.Skip((flags & 1) != 0 ? 2 : 0);
        ulong heapAddress = cursor.UInt64();
        ulong treeAddress = cursor.UInt64();
        if (heapAddress == Hdf5File.Undefined)
        {
            return;
        }

        var heap = new Hdf5FractalHeap(file.Source, heapAddress, file.Limits.MaximumObjects);
        foreach (byte[] record in Hdf5Tree2.Read(file.Source, treeAddress, NamesOfAttributes, RecordBytes, file.Limits.MaximumObjects))
        {
            if ((record[IdBytes] & Shared) != 0)
            {
                throw file.Source.Failure("an attribute is stored as a shared message, which Keras never writes.");
            }

            var attribute = Hdf5Attribute.Read(file, heap.Get(record.AsSpan(0, IdBytes)));
            file.ChargeObject(attribute.Name);
            found.TryAdd(attribute.Name, attribute);
        }
    }
}
