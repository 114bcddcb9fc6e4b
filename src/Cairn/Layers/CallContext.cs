using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>What a layer may know about the call it is in.</summary>
public sealed class CallContext : IDisposable
{
    private readonly Device device;
    private readonly ulong seed;
    private readonly List<Tensor> losses = [];
    private Generator? generator;
    private ulong step;
    private bool seeded;

    internal CallContext(bool training, ulong seed, Device device)
    {
        Training = training;
        this.seed = seed;
        this.device = device;
    }

    /// <summary>Whether the model is being trained; false in evaluation and prediction.</summary>
    public bool Training { get; }

    /// <summary>
    /// The random numbers of this step. They follow from the run's seed and the number of the step alone, so a resumed run draws the same.
    /// </summary>
    public Generator Random
    {
        get
        {
            generator ??= new Generator(0, device);
            if (!seeded)
            {
                var stream = new RandomStream(seed, RandomPurpose.Noise, step);
                generator.manual_seed((long)(stream.NextBits() >> 1));
                seeded = true;
            }

            return generator;
        }
    }

    /// <summary>Frees the generator.</summary>
    public void Dispose() => generator?.Dispose();

    /// <summary>Adds a number to the loss of this step. Keras: <c>add_loss</c>.</summary>
    /// <param name="loss">A tensor without axes.</param>
    public void AddLoss(Tensor loss) => losses.Add(loss);

    /// <summary>What the layers added in this step.</summary>
    internal IReadOnlyList<Tensor> Losses => losses;

    internal void BeginStep(ulong step)
    {
        losses.Clear();
        this.step = step;
        seeded = false;
    }
}
