using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Distributed.Mpi;

/// <summary>The functions of an MPI library that is found at run time, whatever its binary interface is.</summary>
internal sealed unsafe partial class MpiLibrary
{
    private const int Now = 2;
    private const int LongestError = 1024;
    private const int LongestVersion = 8192;

    private readonly nint handle;
    private readonly Dictionary<GradientFormat, (nint Type, nint Sum)> narrow = [];
    private readonly delegate* unmanaged<int, byte*, int*, int> errorString;
    private readonly delegate* unmanaged<nint*, int*, nint, int> test;
    private readonly delegate* unmanaged<int, nint*, int*, nint, int> testAll;
    private readonly delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int> allreduce;
    private readonly delegate* unmanaged<void*, int, nint, int, nint, nint*, int> broadcast;
    private readonly delegate* unmanaged<int, int, nint, int*, nint, int> probe;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> send;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint, int> receive;
    private readonly delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> beginReceive;

    /// <summary>Loads the library of a launcher, and starts MPI.</summary>
    /// <param name="kind">Whose libraries the launcher can start.</param>
    /// <param name="given">The file to load instead of looking for one; null to look.</param>
    /// <exception cref="ReplicaException">There is none.</exception>
    public MpiLibrary(MpiKind kind, string? given)
    {
        // UCX would take over SIGSEGV, which .NET needs for null references.
        _ = SetVariable("UCX_ERROR_SIGNALS", "SIGILL,SIGBUS,SIGFPE", overwrite: 0);
        (handle, File) = Load(kind, given);
        Abi = Detect();
        errorString = (delegate* unmanaged<int, byte*, int*, int>)Function("MPI_Error_string");
        int provided;
        Check(((delegate* unmanaged<void*, void*, int, int*, int>)Function("MPI_Init_thread"))(null, null, Abi.ThreadSerialized, &provided),
            "MPI_Init_thread");
        Check(((delegate* unmanaged<nint, nint, int>)Function("MPI_Comm_set_errhandler"))(Abi.World, Abi.ErrorsReturn),
            "MPI_Comm_set_errhandler");
        test = (delegate* unmanaged<nint*, int*, nint, int>)Function("MPI_Test");
        allreduce = (delegate* unmanaged<void*, void*, int, nint, nint, nint, nint*, int>)Function("MPI_Iallreduce");
        broadcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)Function("MPI_Ibcast");
        probe = (delegate* unmanaged<int, int, nint, int*, nint, int>)Function("MPI_Iprobe");
        send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Function("MPI_Isend");
        receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint, int>)Function("MPI_Recv");
        testAll = (delegate* unmanaged<int, nint*, int*, nint, int>)Function("MPI_Testall");
        beginReceive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Function("MPI_Irecv");
        Gradients = Duplicate();
        Rank = World("MPI_Comm_rank");
        Size = World("MPI_Comm_size");
        byte* text = stackalloc byte[LongestVersion];
        int length;
        Check(((delegate* unmanaged<byte*, int*, int>)Function("MPI_Get_library_version"))(text, &length), "MPI_Get_library_version");
        Version = Encoding.UTF8.GetString(text, length).Split('\n')[0].Trim('\0', ' ').Replace('\t', ' ');
    }

    /// <summary>The file that was loaded.</summary>
    public string File { get; }

    /// <summary>The first line of what the library says of itself.</summary>
    public string Version { get; }

    public MpiAbi Abi { get; }

    public int Rank { get; }

    public int Size { get; }

    /// <summary>A communicator for gradients, which other messages may overtake.</summary>
    public nint Gradients { get; }

    /// <summary>Starts a sum over all processes, in place.</summary>
    public void StartSum(void* numbers, int count, nint type, nint* request) => Check(
        allreduce((void*)Abi.InPlace, numbers, count, type, Abi.Sum, Abi.World, request), "MPI_Iallreduce");

    /// <summary>Starts a sum of gradients over all processes, in place, on a communicator of its own.</summary>
    public void StartGradients(void* numbers, int count, GradientFormat format, nint* request)
    {
        (nint type, nint sum) = format == GradientFormat.Float32 ? (Abi.Float, Abi.Sum) : Narrow(format);
        Check(allreduce((void*)Abi.InPlace, numbers, count, type, sum, Gradients, request), "MPI_Iallreduce");
    }

    /// <summary>Starts a broadcast of one process.</summary>
    public void StartBroadcast(void* bytes, int count, int from, nint* request) =>
        Check(broadcast(bytes, count, Abi.Byte, from, Abi.World, request), "MPI_Ibcast");

    /// <summary>Drives what is under way.</summary>
    /// <returns>Whether it has ended.</returns>
    public bool HasEnded(nint* request, string what)
    {
        int ended;
        Check(test(request, &ended, Abi.StatusIgnore), what);
        return ended != 0;
    }

    /// <summary>Drives what is under way.</summary>
    /// <returns>Whether all of these requests have ended, which follow one another with the size they have in this library.</returns>
    public bool HaveEnded(int count, nint* requests)
    {
        int ended;
        Check(testAll(count, requests, &ended, Abi.StatusIgnore), "MPI_Testall");
        return ended != 0;
    }

    /// <summary>Starts to send a message.</summary>
    public void StartSend(byte* message, int length, int to, int tag, nint communicator, nint* request) =>
        Check(send(message, length, Abi.Byte, to, tag, communicator, request), "MPI_Isend");

    /// <summary>Starts to receive a message.</summary>
    public void StartReceive(byte* message, int length, int from, int tag, nint communicator, nint* request) =>
        Check(beginReceive(message, length, Abi.Byte, from, tag, communicator, request), "MPI_Irecv");

    /// <summary>Starts to send a message; nothing waits for it, and its memory must stay.</summary>
    public void StartSend(byte* message, int length, int to, int tag)
    {
        nint request;
        _ = send(message, length, Abi.Byte, to, tag, Abi.World, &request);
    }

    /// <summary>Receives a message if there is one.</summary>
    public bool TryReceive(byte* message, int length, int from, int tag)
    {
        int found;
        return probe(from, tag, Abi.World, &found, Abi.StatusIgnore) == 0 && found != 0
            && receive(message, length, Abi.Byte, from, tag, Abi.World, Abi.StatusIgnore) == 0;
    }

    /// <summary>Lets MPI send what is under way.</summary>
    public void Progress(int tag)
    {
        int found;
        _ = probe((Rank + 1) % Size, tag, Abi.World, &found, Abi.StatusIgnore);
    }

    /// <summary>Waits for the answers of all processes.</summary>
    /// <returns>Whether all of them say yes.</returns>
    public bool AllAgree(bool yes)
    {
        float answers = yes ? 1 : 0;
        nint request;
        StartSum(&answers, 1, Abi.Float, &request);
        while (!HasEnded(&request, "MPI_Iallreduce"))
        {
            Thread.Yield();
        }

        return answers == Size;
    }

    public void Stop() => Check(((delegate* unmanaged<int>)Function("MPI_Finalize"))(), "MPI_Finalize");

    /// <summary>Asks the launcher to end all processes; may never return.</summary>
    public void Abort(int code) => _ = ((delegate* unmanaged<nint, int, int>)Function("MPI_Abort"))(Abi.World, code);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string? file, int flags);

    private static (nint Handle, string File) Load(MpiKind kind, string? given)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            throw new ReplicaException("Training on several processes needs MPI on Linux or macOS.");
        }

        string[] names = given is { Length: > 0 } ? [given] : NamesOf(kind);
        foreach (string name in names)
        {
            // The library's own plugins look for its symbols among the global ones.
            nint handle = Open(name, Now | (OperatingSystem.IsMacOS() ? 8 : 0x100));
            if (handle != 0)
            {
                return (handle, name);
            }
        }

        string package = kind == MpiKind.OpenMpi ? "openmpi-bin" : "mpich";
        throw new ReplicaException(
            $"The processes were started by a launcher of {(kind == MpiKind.OpenMpi ? "Open MPI" : "MPICH")}, but its library "
            + $"was not found (tried {string.Join(", ", names)}). Install it (on Debian and Ubuntu: apt-get install {package}), add its "
            + "folder to LD_LIBRARY_PATH, or set CAIRN_MPI_LIBRARY to its file.");
    }

    private static string[] NamesOf(MpiKind kind) => (kind, OperatingSystem.IsMacOS()) switch
    {
        (MpiKind.OpenMpi, false) => ["libmpi.so.40", "libmpi_abi.so.0", "libmpi_abi.so.1"],
        (MpiKind.OpenMpi, true) => ["libmpi.40.dylib", "libmpi_abi.0.dylib"],
        (_, false) => ["libmpi.so.12", "libmpich.so.12", "libmpi_abi.so.0", "libmpi_abi.so.1"],
        (_, true) => ["libmpi.12.dylib", "libmpich.12.dylib", "libmpi_abi.0.dylib"],
    };

    private MpiAbi Detect()
    {
        bool isNamedStandard = File.Contains("mpi_abi", StringComparison.Ordinal);
        if (!isNamedStandard && NativeLibrary.TryGetExport(handle, "ompi_mpi_comm_world", out _))
        {
            return MpiAbi.OpenMpi(Function);
        }

        return isNamedStandard ? MpiAbi.Standard : MpiAbi.Mpich;
    }

    /// <summary>Whether the library has a function.</summary>
    public bool Has(string name) => NativeLibrary.TryGetExport(handle, name, out _);

    /// <summary>The address of a function.</summary>
    /// <exception cref="ReplicaException">The library does not have it.</exception>
    public nint Function(string name) => NativeLibrary.TryGetExport(handle, name, out nint address)
        ? address
        : throw new ReplicaException($"The MPI library {File} has no {name}; Cairn needs MPI 3.0 or later.");

    private nint Duplicate()
    {
        nint copy = 0;
        Check(((delegate* unmanaged<nint, nint*, int>)Function("MPI_Comm_dup"))(Abi.World, &copy), "MPI_Comm_dup");
        Check(((delegate* unmanaged<nint, nint, int>)Function("MPI_Comm_set_errhandler"))(copy, Abi.ErrorsReturn),
            "MPI_Comm_set_errhandler");
        return copy;
    }

    // MPI has no numbers of 16 bits: two bytes are a type of their own, with an operation of their own.
    private (nint Type, nint Sum) Narrow(GradientFormat format)
    {
        if (narrow.TryGetValue(format, out (nint Type, nint Sum) known))
        {
            return known;
        }

        nint type = 0;
        nint sum = 0;
        Check(((delegate* unmanaged<int, nint, nint*, int>)Function("MPI_Type_contiguous"))(sizeof(ushort), Abi.Byte, &type),
            "MPI_Type_contiguous");
        Check(((delegate* unmanaged<nint*, int>)Function("MPI_Type_commit"))(&type), "MPI_Type_commit");
        Check(
            ((delegate* unmanaged<delegate* unmanaged[Cdecl]<void*, void*, int*, nint*, void>, int, nint*, int>)Function("MPI_Op_create"))(
                format == GradientFormat.Float16 ? &SixteenBits.AddHalves : &SixteenBits.AddBFloats, 1, &sum),
            "MPI_Op_create");
        return narrow[format] = (type, sum);
    }

    private int World(string name)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, int>)Function(name))(Abi.World, &number), name);
        return number;
    }

    private void Check(int code, string what)
    {
        if (code != 0)
        {
            Throw(code, what);
        }
    }

    private void Throw(int code, string what)
    {
        byte* text = stackalloc byte[LongestError];
        int length = 0;
        _ = errorString(code, text, &length);

        // A message of another length than expected; what the error is, depends on the library.
        string reason = what is "MPI_Testall" or "MPI_Irecv"
            ? " If no rank has failed before, they do not run the same program on the same data, or one of them left a step early. "
                + "Compare them."
            : "";
        throw new ReplicaException($"MPI failed in {what}: {Encoding.UTF8.GetString(text, length)} (error {code}).{reason}");
    }
}
