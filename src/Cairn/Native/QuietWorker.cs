using System.Collections.Concurrent;

namespace Cairn.Native;

/// <summary>A thread for work in the background that gives way to the training, kept from one piece of work to the next.</summary>
/// <remarks>To start a thread takes a millisecond or more of the time of the one that starts it: a tenth of what copying the weights takes.</remarks>
internal sealed class QuietWorker : IDisposable
{
    private readonly BlockingCollection<Task> work = [];

    public QuietWorker(string name) => new Thread(RunAll) { IsBackground = true, Name = name }.Start();

    /// <summary>Begins a piece of work, after those before it.</summary>
    public Task Run(Action act)
    {
        var task = new Task(act);
        work.Add(task);
        return task;
    }

    /// <summary>Lets the thread end when what was begun is done.</summary>
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
