using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Tests.Native;

/// <summary>The place in a loaded ELF library where it keeps the address of an imported function.</summary>
internal static unsafe partial class ImportedFunction
{
    private const int ReadAndWrite = 3;
    private const int ProgramHeaders = 32;
    private const int ProgramHeaderSize = 54;
    private const int Loaded = 1;
    private const int Dynamic = 2;
    private const int StringTable = 5;
    private const int SymbolTable = 6;
    private const int SizeOfCalls = 2;
    private const int Calls = 23;
    private const int RelocationBytes = 24;
    private const int SymbolBytes = 24;
    private const int JumpSlot = 7;

    /// <summary>Makes a library call another function.</summary>
    /// <param name="library">The start of the file name of the library.</param>
    /// <param name="function">The name of the function that it calls.</param>
    /// <param name="other">The function that it shall call.</param>
    public static void Replace(string library, string function, void* other)
    {
        nint* place = PlaceOf(library, function);
        nint page = (nint)place / Environment.SystemPageSize * Environment.SystemPageSize;
        if (Protect(page, (nuint)Environment.SystemPageSize, ReadAndWrite) != 0)
        {
            throw new InvalidOperationException(
                $"The page of {function} in {library} stays read-only: error {Marshal.GetLastPInvokeError()}.");
        }

        *place = (nint)other;
    }

    /// <summary>Finds the place; the file formats are described in <c>elf(5)</c>.</summary>
    /// <param name="library">The start of the file name of the library.</param>
    /// <param name="function">The name of the function.</param>
    private static nint* PlaceOf(string library, string function)
    {
        using var process = Process.GetCurrentProcess();
        ProcessModule module = process.Modules.Cast<ProcessModule>()
            .First(module => module.ModuleName.StartsWith(library, StringComparison.Ordinal));
        using var mapped = MemoryMappedFile.CreateFromFile(module.FileName, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using MemoryMappedViewAccessor view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* first = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref first);
        try
        {
            return (nint*)(module.BaseAddress + PlaceIn(new ReadOnlySpan<byte>(first, (int)view.Capacity), function)
                ?? throw new EntryPointNotFoundException($"{library} does not call {function}"));
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    private static nint? PlaceIn(ReadOnlySpan<byte> file, string function)
    {
        Dictionary<long, long> entries = DynamicEntries(file);
        long relocations = OffsetOf(file, entries[Calls]), symbols = OffsetOf(file, entries[SymbolTable]);
        long names = OffsetOf(file, entries[StringTable]);
        for (long at = relocations; at < relocations + entries[SizeOfCalls]; at += RelocationBytes)
        {
            long info = Int64(file, at + sizeof(long));
            if ((int)info != JumpSlot)
            {
                continue;
            }

            int name = BinaryPrimitives.ReadInt32LittleEndian(file[(int)(symbols + ((info >> 32) * SymbolBytes))..]);
            ReadOnlySpan<byte> text = file[(int)(names + name)..];
            if (Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]) == function)
            {
                return (nint)Int64(file, at);
            }
        }

        return null;
    }

    private static Dictionary<long, long> DynamicEntries(ReadOnlySpan<byte> file)
    {
        var entries = new Dictionary<long, long>();
        (_, long offset, _, long size) = Headers(file).Single(header => header.Type == Dynamic);
        for (long at = offset; at < offset + size; at += 2 * sizeof(long))
        {
            entries.TryAdd(Int64(file, at), Int64(file, at + sizeof(long)));
        }

        return entries;
    }

    // The position in the file of an address in the library.
    private static long OffsetOf(ReadOnlySpan<byte> file, long address)
    {
        (_, long offset, long start, _) = Headers(file).Single(
            header => header.Type == Loaded && address >= header.Address && address < header.Address + header.Size);
        return address - start + offset;
    }

    private static List<(int Type, long Offset, long Address, long Size)> Headers(ReadOnlySpan<byte> file)
    {
        long first = Int64(file, ProgramHeaders);
        (int size, int count) = (BitConverter.ToUInt16(file[ProgramHeaderSize..]), BitConverter.ToUInt16(file[(ProgramHeaderSize + 2)..]));
        var headers = new List<(int, long, long, long)>();
        for (int i = 0; i < count; i++)
        {
            long at = first + ((long)i * size);
            headers.Add((BitConverter.ToInt32(file[(int)at..]), Int64(file, at + 8), Int64(file, at + 16), Int64(file, at + 32)));
        }

        return headers;
    }

    private static long Int64(ReadOnlySpan<byte> file, long at) => BinaryPrimitives.ReadInt64LittleEndian(file[(int)at..]);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);
}
