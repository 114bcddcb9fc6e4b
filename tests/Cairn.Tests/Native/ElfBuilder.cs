using System.Buffers.Binary;
using System.Text;

namespace Cairn.Tests.Native;

/// <summary>Creates a small 64-bit x86 shared library: dynamic symbols, their required versions, and relocations; no code.</summary>
internal sealed class ElfBuilder
{
    public const string Marker = "_ZSt21ios_base_library_initv";

    // Addresses differ from file offsets, so that confusing them fails.
    private const int LoadedAt = 0x40000;

    private readonly List<byte> file = [];
    private readonly List<byte> strings = [0];

    public ushort Machine { get; init; } = 62;

    public ushort Type { get; init; } = 3;

    public byte Class { get; init; } = 2;

    public byte ByteOrder { get; init; } = 1;

    public ushort MarkerFlags { get; init; }

    public bool OldHashTable { get; init; }

    /// <summary>Library and version of each symbol, starting at number 1; no version means an unversioned symbol.</summary>
    public List<(string Name, string? Library, string? Version)> Symbols { get; init; } =
    [
        ("memcpy", "libc.so.6", "GLIBC_2.14"),
        (Marker, "libstdc++.so.6", "GLIBCXX_3.4.32"),
        ("_ZNSaIcEC1Ev", "libstdc++.so.6", "GLIBCXX_3.4"),
        ("own_symbol", null, null),
    ];

    /// <summary>Numbers of the symbols that <c>.rela.dyn</c> refers to.</summary>
    public List<int> Relocations { get; init; } = [1];

    /// <summary>Numbers of the symbols that <c>.rela.plt</c> refers to.</summary>
    public List<int> PltRelocations { get; init; } = [3];

    public byte[] Build()
    {
        const int headers = 64 + 2 * 56;
        file.AddRange(new byte[headers]);
        var versions = Symbols.Where(symbol => symbol.Version is not null).Select(symbol => (symbol.Library, symbol.Version))
            .Distinct().ToList();
        int Index(string? version) => version is null ? 1 : versions.FindIndex(known => known.Version == version) + 2;

        ulong symbols = Begin();
        file.AddRange(new byte[24]);
        foreach ((string Name, string? Library, string? Version) symbol in Symbols)
        {
            Write(Text(symbol.Name), (uint)(symbol.Version is null ? 0x0001_0012 : 0x12), 0UL, 0UL);
        }

        ulong hash = Begin();
        if (OldHashTable)
        {
            Write(1u, (uint)Symbols.Count + 1);
        }
        else
        {
            WriteGnuHash();
        }

        ulong indices = Begin();
        Write((ushort)0);
        foreach ((string Name, string? Library, string? Version) symbol in Symbols)
        {
            Write((ushort)Index(symbol.Version));
        }

        ulong needs = Begin();
        var libraries = versions.GroupBy(version => version.Library).ToList();
        foreach (IGrouping<string?, (string? Library, string? Version)> library in libraries)
        {
            bool last = library.Key == libraries[^1].Key;
            Write((ushort)1, (ushort)library.Count(), Text(library.Key!), 16u, last ? 0u : 16 + 16 * (uint)library.Count());
            foreach ((int i, (string? _, string? version)) in library.Index())
            {
                Write(Hash(version!), version == "GLIBCXX_3.4.32" ? MarkerFlags : (ushort)0, (ushort)Index(version), Text(version!),
                    i == library.Count() - 1 ? 0u : 16u);
            }
        }

        ulong relocations = Begin();
        foreach (int symbol in Relocations)
        {
            Write(0UL, (ulong)symbol << 32 | 6, 0UL);
        }

        ulong plt = Begin();
        foreach (int symbol in PltRelocations)
        {
            Write(0UL, (ulong)symbol << 32 | 7, 0UL);
        }

        ulong names = Begin();
        file.AddRange(strings);

        ulong table = Begin();
        Write(1UL, 0UL); // DT_NEEDED
        Write(OldHashTable ? 4UL : 0x6ffffef5, hash, 5UL, names, 10UL, (ulong)strings.Count, 6UL, symbols, 11UL, 24UL);
        Write(0x6ffffff0UL, indices, 0x6ffffffeUL, needs, 0x6fffffffUL, (ulong)libraries.Count);
        Write(7UL, relocations, 8UL, (ulong)Relocations.Count * 24, 9UL, 24UL);
        Write(23UL, plt, 2UL, (ulong)PltRelocations.Count * 24, 20UL, 7UL);
        Write(0UL, 0UL);
        return WithHeaders(table);
    }

    private byte[] WithHeaders(ulong table)
    {
        byte[] body = file.Skip(64 + 2 * 56).ToArray();
        file.Clear();
        file.AddRange([0x7f, (byte)'E', (byte)'L', (byte)'F', Class, ByteOrder, 1, .. new byte[9]]);
        Write(Type, Machine, 1u, 0UL, 64UL, 0UL, 0u, (ushort)64, (ushort)56, (ushort)2, (ushort)0, (ushort)0, (ushort)0);
        ulong size = (ulong)(64 + 2 * 56 + body.Length);
        Write(1u, 4u, 0UL, (ulong)LoadedAt, 0UL, size, size, 4096UL);
        Write(2u, 4u, table - LoadedAt, table, 0UL, size - (table - LoadedAt), size - (table - LoadedAt), 8UL);
        return [.. file, .. body];
    }

    // As linkers do: undefined symbols come first and are left out; only the last symbol is in the hash table, alone in its chain.
    private void WriteGnuHash() => Write(1u, (uint)Symbols.Count, 1u, 0u, 0UL, (uint)Symbols.Count, 1u);

    private ulong Begin()
    {
        while (file.Count % 8 != 0)
        {
            file.Add(0);
        }

        return (ulong)(LoadedAt + file.Count);
    }

    private uint Text(string name)
    {
        uint at = (uint)strings.Count;
        strings.AddRange([.. Encoding.ASCII.GetBytes(name), 0]);
        return at;
    }

    private void Write(params object[] numbers)
    {
        Span<byte> eight = stackalloc byte[8];
        foreach (object number in numbers)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(eight, Convert.ToUInt64(number, null));
            file.AddRange(eight[..(number switch { ushort => 2, uint or int => 4, _ => 8 })]);
        }
    }

    private static uint Hash(string name)
    {
        ulong hash = 0;
        foreach (char letter in name)
        {
            hash = hash * 16 + letter;
            hash ^= hash >> 24 & 0xf0;
            hash &= 0x0fffffff;
        }
        return (uint)hash;
    }
}
