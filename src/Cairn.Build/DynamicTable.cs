namespace Cairn.Build;

/// <summary>The dynamic table of a shared library: what the loader needs to bind symbols and versions.</summary>
internal sealed class DynamicTable
{
    public const long SymbolSize = 24;
    private const long EntrySize = 16;
    private const ulong RelocationSize = 24;

    private readonly ElfImage image;
    private readonly Dictionary<ulong, ulong> values = [];

    /// <exception cref="ElfFormatException">The table is damaged or uses relocations this code cannot read.</exception>
    public DynamicTable(ElfImage image)
    {
        this.image = image;
        bool ended = false;
        for (long at = image.Dynamic.Offset, end = at + (long)image.Dynamic.Size; !ended && at <= end - EntrySize; at += EntrySize)
        {
            ulong tag = image.UInt64(at);
            ended = tag == Tag.Null;
            // A library may need many others; every other tag appears at most once.
            if (!ended && tag != Tag.Needed)
            {
                values[tag] = image.UInt64(at + 8);
            }
        }
        if (!ended)
        {
            throw new ElfFormatException("its dynamic table has no end");
        }

        foreach (ulong unreadable in new[] { Tag.Rel, Tag.Crel, Tag.AndroidRel, Tag.AndroidRela })
        {
            if (values.ContainsKey(unreadable))
            {
                throw new ElfFormatException($"it has relocations of an unexpected kind (dynamic tag 0x{unreadable:x})");
            }
        }
    }

    public bool NeedsVersions => values.ContainsKey(Tag.VersionNeeds);

    public ulong VersionNeedsAddress => Required(Tag.VersionNeeds, "version needs");

    public ulong VersionNeedsCount => Required(Tag.VersionNeedsCount, "count of version needs");

    /// <summary>Number of dynamic symbols, taken from the hash table, since the dynamic table does not give it.</summary>
    public long SymbolCount()
    {
        long count = values.TryGetValue(Tag.GnuHash, out ulong gnu) ? CountByGnuHash(gnu)
            : values.TryGetValue(Tag.Hash, out ulong hash) ? image.UInt32(image.Offset(hash, 8, "the hash table") + 4)
            : throw new ElfFormatException("it has no symbol hash table");
        _ = SymbolsOffset(count);
        return count;
    }

    public long SymbolsOffset(long count) =>
        image.Offset(Required(Tag.Symbols, "symbol table"), (ulong)(count * SymbolSize), "the symbol table");

    public long VersionIndicesOffset(long count) =>
        image.Offset(Required(Tag.VersionIndices, "table of symbol versions"), (ulong)(count * 2), "the table of symbol versions");

    public string Name(uint index)
    {
        ulong size = Required(Tag.StringsSize, "size of the string table");
        long start = image.Offset(Required(Tag.Strings, "string table"), size, "the string table");
        return image.Text(start + index, start + (long)size);
    }

    /// <summary>The symbol numbers that the relocations of both tables refer to.</summary>
    public IEnumerable<uint> RelocatedSymbols()
    {
        if (values.TryGetValue(Tag.PltRelocations, out ulong plt))
        {
            if (Required(Tag.PltKind, "kind of the PLT relocations") != Tag.Rela)
            {
                throw new ElfFormatException("its PLT relocations are of an unexpected kind");
            }

            foreach (uint symbol in Relocated(plt, Required(Tag.PltRelocationsSize, "size of the PLT relocations")))
            {
                yield return symbol;
            }
        }
        if (values.TryGetValue(Tag.Rela, out ulong rela))
        {
            if (Required(Tag.RelaEntrySize, "size of a relocation") != RelocationSize)
            {
                throw new ElfFormatException("its relocations have an unexpected size");
            }

            foreach (uint symbol in Relocated(rela, Required(Tag.RelaSize, "size of the relocations")))
            {
                yield return symbol;
            }
        }
    }

    private IEnumerable<uint> Relocated(ulong address, ulong size)
    {
        if (size == 0)
        {
            yield break;
        }

        if (size % RelocationSize != 0)
        {
            throw new ElfFormatException("its relocation table has an odd size");
        }

        long start = image.Offset(address, size, "a relocation table");
        for (long at = start; at < start + (long)size; at += (long)RelocationSize)
        {
            yield return image.UInt32(at + 12);
        }
    }

    // The chains hold every symbol from symbolOffset on; the highest one ends the table. Undefined symbols come before them.
    private long CountByGnuHash(ulong address)
    {
        long start = image.Offset(address, 16, "the hash table");
        long buckets = image.UInt32(start), symbolOffset = image.UInt32(start + 4), bloomWords = image.UInt32(start + 8);
        long firstBucket = start + 16 + bloomWords * 8;
        long last = 0;
        for (long i = 0L; i < buckets; i++)
        {
            last = Math.Max(last, image.UInt32(firstBucket + i * 4));
        }

        if (last < symbolOffset)
        {
            return symbolOffset;
        }

        long chains = firstBucket + buckets * 4;
        while ((image.UInt32(chains + (last - symbolOffset) * 4) & 1) == 0)
        {
            last++;
        }

        return last + 1;
    }

    private ulong Required(ulong tag, string what) =>
        values.TryGetValue(tag, out ulong value) ? value : throw new ElfFormatException($"its dynamic table has no {what}");

    /// <summary>Names of the tags used here (ELF gABI, and the GNU and Android extensions).</summary>
    private static class Tag
    {
        public const ulong Null = 0, Needed = 1, PltRelocationsSize = 2, Hash = 4, Strings = 5, Symbols = 6, Rela = 7, RelaSize = 8,
            RelaEntrySize = 9, StringsSize = 10, Rel = 17, PltKind = 20, PltRelocations = 23, Crel = 0x40000026,
            AndroidRel = 0x6000000f, AndroidRela = 0x60000011, GnuHash = 0x6ffffef5, VersionIndices = 0x6ffffff0,
            VersionNeeds = 0x6ffffffe, VersionNeedsCount = 0x6fffffff;
    }
}
