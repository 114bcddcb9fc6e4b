namespace Cairn.Native;

/// <summary>Switches between long and short waits of libtorch's threads while the process runs.</summary>
/// <remarks>
/// GNU OpenMP reads its settings when it is loaded, but one of its rules applies at every wait: if it manages more threads than there are
/// processors, they spin for a few hundred nanoseconds only, and then sleep. A second, idle team of threads causes this. It belongs to a
/// thread that sleeps until the waits may be long again; when that thread ends, OpenMP ends its team.
/// </remarks>
internal static class ShortWaits
{
    private const int SmallStack = 256 * 1024;

    private static readonly Lock Gate = new();
    private static ManualResetEventSlim? end;

    /// <summary>Whether waits are short now. Setting it has no effect without GNU OpenMP.</summary>
    public static bool IsOn
    {
        get => Volatile.Read(ref end) is not null;
        set
        {
            if (value != IsOn && GnuOpenMP.IsFound)
            {
                Set(value);
            }
        }
    }

    private static void Set(bool isOn)
    {
        lock (Gate)
        {
            if (isOn == IsOn)
            {
                return;
            }

            if (!isOn)
            {
                end!.Set();
                Volatile.Write(ref end, null);
                return;
            }

            var ended = new ManualResetEventSlim();
            new Thread(() =>
            {
                GnuOpenMP.StartTeam(GnuOpenMP.Processors + 1);
                ended.Wait();
            }, SmallStack)
            { IsBackground = true, Name = "Cairn: short waits" }.Start();
            Volatile.Write(ref end, ended);
        }
    }
}
