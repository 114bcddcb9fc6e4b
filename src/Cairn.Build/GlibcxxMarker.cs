namespace Cairn.Build;

/// <summary>
/// The version <c>GLIBCXX_3.4.32</c> that a library built with GCC 13 requires of libstdc++. If the only symbol it binds to that version is
/// <c>_ZSt21ios_base_library_initv</c>, which only marks the requirement and is never called, the requirement can be made weak:
/// the loader then accepts an older libstdc++.
/// </summary>
internal sealed class GlibcxxMarker
{
    public const string Library = "libstdc++.so.6";
    public const string Version = "GLIBCXX_3.4.32";
    public const string Symbol = "_ZSt21ios_base_library_initv";

    private const ushort WeakFlag = 2;
    private const int IndexMask = 0x7fff;

    // Far above any real library; these limits bound the work on a damaged one.
    private const int MostLibraries = 4096;
    private const int MostVersions = 65536;

    private GlibcxxMarker(MarkerState state, long flagsOffset = -1, string? reason = null)
    {
        State = state;
        FlagsOffset = flagsOffset;
        Reason = reason;
    }

    public MarkerState State { get; }

    /// <summary>Why the file must not be changed; set only for <see cref="MarkerState.Untouchable"/>.</summary>
    public string? Reason { get; }

    /// <summary>File offset of the two flag bytes, or -1.</summary>
    private long FlagsOffset { get; }

    /// <summary>Inspects a whole file. Accepts any bytes and never throws.</summary>
    public static GlibcxxMarker Inspect(byte[] file)
    {
        try
        {
            var image = new ElfImage(file);
            var table = new DynamicTable(image);
            if (Find(image, table) is not { } entry)
            {
                return new(MarkerState.NotNeeded);
            }

            if ((image.UInt16(entry + 4) & WeakFlag) != 0)
            {
                return new(MarkerState.Weak, entry + 4);
            }

            CheckUnused(image, table, image.UInt16(entry + 6) & IndexMask);
            return new(MarkerState.Strong, entry + 4);
        }
        catch (ElfFormatException problem)
        {
            return new(MarkerState.Untouchable, reason: problem.Message);
        }
    }

    /// <summary>Sets the weak flag in <paramref name="file"/>, the bytes that were inspected.</summary>
    public void MakeWeak(byte[] file)
    {
        if (State != MarkerState.Strong)
        {
            throw new InvalidOperationException($"Nothing to make weak: the marker is {State}.");
        }

        file[FlagsOffset] |= (byte)WeakFlag;
    }

    // .gnu.version_r: a list of libraries, each with a list of required versions (Elf64_Verneed and Elf64_Vernaux, 16 bytes each).
    private static long? Find(ElfImage image, DynamicTable table)
    {
        if (!table.NeedsVersions)
        {
            return null;
        }

        ulong libraries = table.VersionNeedsCount;
        if (libraries is 0 or > MostLibraries)
        {
            throw new ElfFormatException($"its count of version needs is invalid: {libraries}");
        }

        long? found = default(long?);
        int seen = 0;
        long library = image.Offset(table.VersionNeedsAddress, 16, "the table of version needs");
        for (ulong i = 0; i < libraries; i++)
        {
            if (image.UInt16(library) != 1)
            {
                throw new ElfFormatException("its table of version needs has an unknown layout");
            }

            ushort versions = image.UInt16(library + 2);
            if ((seen += versions) > MostVersions)
            {
                throw new ElfFormatException("it requires too many versions");
            }

            bool isLibrary = table.Name(image.UInt32(library + 4)) == Library;
            long version = library + image.UInt32(library + 8);
            for (int j = 0; j < versions; j++)
            {
                if (isLibrary && IsVersion(image, table, version))
                {
                    found = found is null ? version : throw new ElfFormatException($"it requires {Version} more than once");
                }

                version = Next(image, version, version + 12, last: j == versions - 1);
            }
            library = Next(image, library, library + 12, last: i == libraries - 1);
        }
        return found;
    }

    private static bool IsVersion(ElfImage image, DynamicTable table, long entry)
    {
        if (table.Name(image.UInt32(entry + 8)) != Version)
        {
            return false;
        }
        // The loader compares hashes first: another hash means another version, whatever the name says.
        return image.UInt32(entry) == Hash(Version) ? true : throw new ElfFormatException($"its entry for {Version} has a wrong hash");
    }

    private static long Next(ElfImage image, long entry, long distanceAt, bool last)
    {
        uint distance = image.UInt32(distanceAt);
        if (!last && distance < 16)
        {
            throw new ElfFormatException("its table of version needs is truncated");
        }

        return entry + distance;
    }

    private static void CheckUnused(ElfImage image, DynamicTable table, int versionIndex)
    {
        long count = table.SymbolCount();
        long symbols = table.SymbolsOffset(count);
        long versions = table.VersionIndicesOffset(count);
        long? marker = default(long?);
        for (long i = 0L; i < count; i++)
        {
            if ((image.UInt16(versions + i * 2) & IndexMask) != versionIndex)
            {
                continue;
            }

            long symbol = symbols + i * DynamicTable.SymbolSize;
            string name = table.Name(image.UInt32(symbol));
            if (name != Symbol || marker is not null)
            {
                throw new ElfFormatException($"it uses more of {Version} than {Symbol}: {name}");
            }

            if (image.UInt16(symbol + 6) != 0)
            {
                throw new ElfFormatException($"it defines {Symbol} itself");
            }

            marker = i;
        }
        if (marker is null)
        {
            throw new ElfFormatException($"it requires {Version} without {Symbol}");
        }

        if (table.RelocatedSymbols().Any(symbol => symbol == marker))
        {
            throw new ElfFormatException($"a relocation refers to {Symbol}: it is actually used");
        }
    }

    /// <summary>The System V ABI hash that version entries store.</summary>
    private static uint Hash(string name)
    {
        uint hash = 0u;
        foreach (char letter in name)
        {
            hash = (hash << 4) + letter;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return hash;
    }
}
