using System.Collections.Concurrent;

namespace Cairn.Native;

/// <summary>A low-priority background thread that is reused for several work items.</summary>
/// <remarks>
/// Starting a thread costs the starting thread a millisecond or more, a tenth of the time of copying the weights.
/// </remarks>
internal sealed class QuietWorker : IDisposable
{
    private readonly BlockingCollection<Task> work = [];

    public QuietWorker(string name) => new Thread(RunAll) { IsBackground = true, Name = name }.Start();

    /// <summary>Queues a work item.</summary>
    public Task Run(Action act)
    {
        var task = new Task(act);
        work.Add(task);
        return task;
    }

    /// <summary>Lets the thread end when all queued work is done.</summary>
    public void Dispose() => work.CompleteAdding();

    private void RunAll()
    {
        QuietThread.Begin();
        foreach (Task task in work.GetConsumingEnumerable())
        {
            task.RunSynchronously(TaskScheduler.Default);
        }
    }
}
