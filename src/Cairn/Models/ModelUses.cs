using Cairn.Native;

namespace Cairn;

/// <summary>
/// Tracks which operations run on a model, and in which threads: one thread at a time may train or evaluate it, several may predict.
/// </summary>
/// <remarks>A callback may use the model it is called for, since it runs in the same thread.</remarks>
internal sealed class ModelUses(Model model)
{
    private readonly Lock gate = new();
    private readonly List<Use> uses = [];
    private bool disposed;

    /// <summary>Marks the model as in use until the returned object is disposed.</summary>
    /// <param name="what">The method, for messages.</param>
    /// <param name="alone">Whether to exclude other threads in the meantime.</param>
    /// <exception cref="InvalidOperationException">Another thread is using the model.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public Use Begin(string what, bool alone = true)
    {
        lock (gate)
        {
            ThrowIfDisposed();
            int thread = Environment.CurrentManagedThreadId;
            if (uses.Find(use => use.Thread != thread && (alone || use.Alone)) is { } other)
            {
                throw new InvalidOperationException(
                    $"{what} can't use the model '{model.Name}' now: {other.What} is running on it in another thread. "
                    + "Only one thread at a time may use a model; wait for the other call to end, or give each thread its own model.");
            }

            var begun = new Use(this, what, alone, thread);
            uses.Add(begun);
            ModelActivity.Begin();
            return begun;
        }
    }

    /// <summary>Throws if the model is in use, since the requested operation would invalidate what that use needs.</summary>
    /// <param name="what">The method, for messages.</param>
    /// <param name="advice">What to do instead.</param>
    public void RequireNone(string what, string advice)
    {
        lock (gate)
        {
            if (uses.Find(use => !use.IsEnding) is { } under)
            {
                string where = under.Thread == Environment.CurrentManagedThreadId ? "" : " in another thread";
                throw new InvalidOperationException($"{what} can't be called on the model '{model.Name}' while {under.What} is running on "
                    + $"it{where}. {advice}");
            }
        }
    }

    /// <summary>Marks the model as disposed.</summary>
    public void Dispose() => disposed = true;

    public void ThrowIfDisposed()
    {
        if (disposed)
        {
            throw new ObjectDisposedException($"the model '{model.Name}'", $"The model '{model.Name}' is disposed: its weights are freed.");
        }
    }

    /// <summary>A single use of the model.</summary>
    internal sealed class Use(ModelUses owner, string what, bool alone, int thread) : IDisposable
    {
        public string What => what;

        public bool Alone => alone;

        public int Thread => thread;

        /// <summary>Whether all steps are done and only the final hooks are running.</summary>
        public bool IsEnding { get; set; }

        public void Dispose()
        {
            bool wasInUse;
            lock (owner.gate)
            {
                wasInUse = owner.uses.Remove(this);
            }

            if (wasInUse)
            {
                ModelActivity.End(isTraining: what == nameof(Model.Fit));
            }
        }
    }
}
