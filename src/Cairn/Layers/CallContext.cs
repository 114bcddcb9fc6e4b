using Cairn.Native;
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
    private readonly Dictionary<Tensor, Tensor> masks = new(ReferenceEqualityComparer.Instance);
    private Generator? generator;
    private RandomStream noise;
    private ulong step;
    private bool seeded;

    internal CallContext(bool training, ulong seed, Device device)
    {
        Training = training;
        this.seed = seed;
        this.device = device;
    }

    /// <summary>
    /// Whether the model is being trained; false in evaluation and prediction, and in a layer that was told so by whoever calls it.
    /// </summary>
    public bool Training { get; internal set; }

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

    /// <summary>Which positions of a tensor count, or null for all. Keras: <c>get_keras_mask</c>.</summary>
    /// <param name="x">A tensor that a layer gave in this step.</param>
    /// <returns>The mask, <c>[batch, steps]</c>, true where a position counts.</returns>
    public Tensor? MaskOf(Tensor x) => masks.GetValueOrDefault(x);

    /// <summary>Says which positions of a tensor count. Keras: <c>set_keras_mask</c>.</summary>
    /// <param name="x">A tensor that a layer gives.</param>
    /// <param name="mask">The mask, <c>[batch, steps]</c>, true where a position counts; null for all.</param>
    public void SetMask(Tensor x, Tensor? mask)
    {
        if (mask is null)
        {
            masks.Remove(x);
        }
        else
        {
            masks[x] = mask;
        }
    }

    /// <summary>Seeds libtorch's own generators for this step: what a module draws then follows from the run's seed and the number of the step alone.</summary>
    internal void SeedLibtorch() => Generators.Current.Seed((long)(new RandomStream(seed, RandomPurpose.Noise, step).NextBits() >> 1));

    /// <summary>
    /// Whether the run may go on in another process. libtorch's generators of devices other than the CPU can't be read, so each step then seeds them.
    /// </summary>
    internal bool MayGoOn { get; init; }

    /// <summary>Makes the weights of layers that are called without having any, in a first run.</summary>
    internal Cairn.Training.BuildContext? Builder { get; init; }

    /// <summary>The layers that got their weights in this run.</summary>
    internal List<Layer> BuiltLayers { get; } = [];

    /// <summary>Where warnings go; standard error by default.</summary>
    internal TextWriter Error { get; init; } = Console.Error;

    internal void Warn(string message) => Error.Write($"UserWarning: {message}\n");

    /// <summary>The masks of outputs, or null where no tensor of this step has one.</summary>
    internal Tensor?[]? MasksOf(Tensor[] outputs) => HasMasks ? [.. outputs.Select(MaskOf)] : null;

    /// <summary>Whether any tensor of this step has a mask.</summary>
    internal bool HasMasks => masks.Count > 0;

    /// <summary>What the layers added in this step.</summary>
    internal IReadOnlyList<Tensor> Losses => losses;

    /// <summary>The same for passes over raw memory: a sequence of its own, which all layers draw from in their order.</summary>
    internal ref RandomStream Noise => ref noise;

    internal void BeginStep(ulong step)
    {
        noise = new RandomStream(seed, RandomPurpose.Mask, step);
        losses.Clear();
        masks.Clear();
        this.step = step;
        seeded = false;
        if (MayGoOn && device.type != DeviceType.CPU)
        {
            SeedLibtorch();
        }
    }
}
