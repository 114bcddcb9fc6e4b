using static TorchSharp.torch;

namespace Cairn.Native;

/// <summary>Runs the operations that the current thread calls on this thread alone, until disposed.</summary>
/// <remarks>
/// For steps that are so small that several threads spend more time waiting for each other than they save. Unlike
/// <c>torch.set_num_threads</c>, it doesn't affect other threads.
/// </remarks>
internal sealed class OneThread : IDisposable
{
    /// <summary>The <see cref="AppContext"/> switch with which a program opts out, by setting it to false.</summary>
    public const string Switch = "Cairn.OneThreadForSmallSteps";

    private readonly int before;
    private readonly int mklBefore;

    private OneThread(int before)
    {
        this.before = before;
        mklBefore = GnuOpenMP.SetThreads(1, 1);
    }

    /// <summary>libtorch's default number of threads; null before it is loaded.</summary>
    public static int? Usual { get; private set; }

    /// <summary>Records libtorch's default number of threads.</summary>
    public static void NoteUsual() => Usual = get_num_threads();

    /// <summary>Begins, unless the user has chosen a number of threads or opted out, or the system has no way to set it.</summary>
    /// <returns>The scope, to be disposed by the same thread; or null.</returns>
    public static OneThread? Begin()
    {
        // Asked first, because libtorch applies its settings to a thread when they are first needed.
        int threads = get_num_threads();
        bool isChosen = threads != Usual || Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null
            || OptOut.IsChosen(Switch);
        return threads == 1 || isChosen || !GnuOpenMP.CanSetThreads ? null : new OneThread(threads);
    }

    public void Dispose() => GnuOpenMP.SetThreads(before, mklBefore);
}
