using TorchSharp;

namespace Cairn.Cli.Models;

/// <summary>How many processor threads libtorch uses while this lives.</summary>
internal sealed class Threads : IDisposable
{
    /// <summary>Models with fewer parameters run on one thread.</summary>
    public const long SmallModel = 1_000_000;

    private readonly int before = torch.get_num_threads();

    /// <summary>Settles the number.</summary>
    /// <param name="model">The model that is going to run.</param>
    /// <param name="given">The number asked for; null for that of <c>OMP_NUM_THREADS</c>, or else the fitting one.</param>
    public Threads(Model model, int? given = null)
    {
        // The threads of a small computation wait for each other longer than they compute, above all where other programs run.
        bool isSettled = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null;
        if ((given ?? (!isSettled && model.CountParams() < SmallModel ? 1 : null)) is { } number)
        {
            torch.set_num_threads(number);
        }
    }

    public void Dispose() => torch.set_num_threads(before);
}
