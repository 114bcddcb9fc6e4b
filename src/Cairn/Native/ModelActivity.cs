namespace Cairn.Native;

/// <summary>
/// Tracks whether any model of the process is training or predicting. While one is, it checks regularly whether the threads share their
/// cores with other programs (<see cref="SharedCores"/>); afterwards it returns the memory used by the steps (<see cref="KeptMemory"/>).
/// </summary>
internal static class ModelActivity
{
    private const int Beat = 100;

    // Returning memory takes a millisecond or more, and the next step has to get it again.
    private const int Pause = 1_000;

    private static readonly Timer Timer = new(_ => OnBeat());
    private static int active;
    private static int beats;
    private static long lastUse;
    private static long lastReturn = -Pause;

    /// <summary>Records that a model is in use.</summary>
    public static void Begin()
    {
        Interlocked.Increment(ref active);
        if ((KeptMemory.IsOn || SharedCores.IsOn) && Interlocked.CompareExchange(ref beats, 1, 0) == 0)
        {
            Timer.Change(Beat, Beat);
        }
    }

    /// <summary>
    /// Records the end of a use. After the last one, memory is returned: at once after a training, but not more than once a second, and
    /// otherwise after a second without use, because evaluations, predictions and single steps follow each other.
    /// </summary>
    /// <param name="isTraining">Whether it was a call of <c>Fit</c>.</param>
    public static void End(bool isTraining)
    {
        long now = Environment.TickCount64;
        Volatile.Write(ref lastUse, now);
        if (Interlocked.Decrement(ref active) == 0 && isTraining && now - Volatile.Read(ref lastReturn) >= Pause)
        {
            Volatile.Write(ref lastReturn, now);
            KeptMemory.Return();
        }
    }

    private static void OnBeat()
    {
        if (Volatile.Read(ref active) > 0 || Environment.TickCount64 - Volatile.Read(ref lastUse) < Pause)
        {
            SharedCores.Look();
            return;
        }

        Timer.Change(Timeout.Infinite, Timeout.Infinite);
        Volatile.Write(ref beats, 0);
        if (Volatile.Read(ref active) > 0 && Interlocked.CompareExchange(ref beats, 1, 0) == 0)
        {
            // A use began meanwhile, and saw that the timer was running.
            Timer.Change(Beat, Beat);
            return;
        }

        KeptMemory.Return();
    }
}
