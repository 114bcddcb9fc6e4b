using TorchSharp;

namespace Cairn.Cli.Models;

/// <summary>Sets the number of CPU threads of libtorch until disposed.</summary>
internal sealed class Threads : IDisposable
{
    /// <summary>Models with fewer parameters use one thread.</summary>
    public const long SmallModel = 1_000_000;

    private readonly int before = torch.get_num_threads();

    /// <summary>Sets the number of threads.</summary>
    /// <param name="model">The model to run.</param>
    /// <param name="given">The requested number; null for <c>OMP_NUM_THREADS</c>, or the default for the model.</param>
    public Threads(Model model, int? given = null)
    {
        // In small computations, threads spend more time waiting than computing, especially on a busy machine.
        bool isConfigured = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null;
        if ((given ?? (!isConfigured && model.CountParams() < SmallModel ? 1 : null)) is { } number)
        {
            torch.set_num_threads(number);
        }
    }

    public void Dispose() => torch.set_num_threads(before);
}
