using Cairn.Native;
using Cairn.Replication;
using Cairn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Layers;

/// <summary>The context of a layer call: training mode, random numbers, masks and added losses.</summary>
public sealed class CallContext : IDisposable
{
    [ThreadStatic]
    private static CallContext? current;

    private readonly Device device;
    private readonly ulong seed;
    private readonly List<Tensor> losses = [];
    private readonly Dictionary<Tensor, Tensor> masks = new(ReferenceEqualityComparer.Instance);
    private Generator? generator;
    private RandomStream generatorSeed;
    private RandomStream noise;
    private bool seeded;

    /// <summary>
    /// Creates a context for calling layers outside of <c>Fit</c>: <c>layer.Apply(x, context)</c>. Only needed to access masks and losses;
    /// <c>layer.Call(x)</c> creates its own.
    /// </summary>
    /// <param name="training">Whether to run in training mode; false by default.</param>
    /// <param name="seed">Seed of the random numbers; null (default) to draw one.</param>
    /// <param name="device">The device; the CPU by default.</param>
    public CallContext(bool training = false, long? seed = null, Device? device = null)
        : this(training, (ulong)(seed ?? System.Random.Shared.NextInt64()), device ?? CPU)
    {
        LibTorch.EnsureLoaded();
        BeginStep(0);
        IsOfUser = true;
    }

    internal CallContext(bool training, ulong seed, Device device)
    {
        Training = training;
        this.seed = seed;
        this.device = device;
        SeedStep(RandomPurpose.Noise, RandomPurpose.Mask, 0, 0, 0);
    }

    /// <summary>
    /// Whether the layer runs in training mode; false in evaluation and prediction, and where the caller passed <c>training: false</c>.
    /// </summary>
    public bool Training { get; internal set; }

    /// <summary>
    /// The random numbers of this step. They depend only on the model's seed and the step number, so a resumed run draws the same ones. In
    /// evaluation and prediction, they differ between batches and between calls of <c>Evaluate</c> or <c>Predict</c>.
    /// </summary>
    public Generator Random
    {
        get
        {
            generator ??= new Generator(0, device);
            if (!seeded)
            {
                generator.manual_seed(SeedOfGenerator());
                seeded = true;
            }

            return generator;
        }
    }

    /// <summary>Frees the generator.</summary>
    public void Dispose() => generator?.Dispose();

    /// <summary>Adds a value to the loss of this step. Keras: <c>add_loss</c>.</summary>
    /// <param name="loss">A scalar tensor.</param>
    public void AddLoss(Tensor loss) => losses.Add(loss);

    /// <summary>Removes and returns the losses from index <paramref name="first"/> on.</summary>
    internal Tensor[] TakeLosses(int first)
    {
        Tensor[] taken = [.. losses.Skip(first)];
        losses.RemoveRange(first, taken.Length);
        return taken;
    }

    /// <summary>Gets the position of the random numbers of this step; its tensor belongs to the dispose scope.</summary>
    internal DrawState SaveDraws()
    {
        using IDisposable _ = no_grad();
        return new DrawState(generatorSeed, noise, seeded, seeded ? generator!.get_state() : null);
    }

    /// <summary>Sets the position of the random numbers of this step.</summary>
    internal void RestoreDraws(DrawState state)
    {
        (generatorSeed, noise, seeded) = (state.GeneratorSeed, state.Noise, state.Seeded);
        if (state.Generator is { } position)
        {
            generator!.set_state(position);
        }
    }

    /// <summary>A position of the random numbers of a step.</summary>
    /// <param name="GeneratorSeed">The seed of the generator.</param>
    /// <param name="Noise">The stream for passes over raw memory.</param>
    /// <param name="Seeded">Whether the generator has been used.</param>
    /// <param name="Generator">The state of the generator, if it has been used.</param>
    internal sealed record DrawState(RandomStream GeneratorSeed, RandomStream Noise, bool Seeded, Tensor? Generator);

    /// <summary>Gets the mask of a tensor, or null if it has none. Keras: <c>get_keras_mask</c>.</summary>
    /// <param name="x">A tensor that a layer returned in this step.</param>
    /// <returns>The mask, <c>[batch, steps]</c>, true at unmasked positions.</returns>
    public Tensor? MaskOf(Tensor x) => masks.GetValueOrDefault(x);

    /// <summary>Sets the mask of a tensor. Keras: <c>set_keras_mask</c>.</summary>
    /// <param name="x">A tensor that a layer returns.</param>
    /// <param name="mask">The mask, <c>[batch, steps]</c>, true at unmasked positions; null for no mask.</param>
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

    /// <summary>
    /// Seeds libtorch's generators for this step, so that the random numbers of a module depend only on the run's seed and the step number.
    /// </summary>
    internal void SeedLibtorch() => Generators.Current.Seed(SeedOfGenerator());

    /// <summary>
    /// Whether the run may be resumed in another process. The state of libtorch's generators on devices other than the CPU can't be read,
    /// so each step then seeds them.
    /// </summary>
    internal bool MayBeResumed { get; init; }

    /// <summary>The rows that this process computes, if several train together; null otherwise.</summary>
    internal BatchShare? Share { get; set; }

    /// <summary>
    /// Draws random numbers for the rows of the current batch: of this shape, or of the whole batch's if this process computes a part.
    /// </summary>
    internal Tensor Draw(long[] shape, Func<long[], Tensor> draw) => Share is null ? draw(shape) : Share.Draw(shape, draw);

    /// <summary>The number of the evaluation or prediction; null within a run.</summary>
    internal long? Call { get; init; }

    /// <summary>Creates the weights of layers that are called before they are built: in a first run, and in steps of a model without
    /// <c>Call</c>.</summary>
    internal Cairn.Training.BuildContext? Builder { get; set; }

    /// <summary>The layers that were built in this run.</summary>
    internal List<Layer> BuiltLayers { get; } = [];

    /// <summary>The writer for warnings; standard error by default.</summary>
    internal TextWriter Error { get; init; } = Console.Error;

    internal void Warn(string message) => Error.Write($"UserWarning: {message}\n");

    /// <summary>The masks of the outputs, or null if no tensor of this step has a mask.</summary>
    internal Tensor?[]? MasksOf(Tensor[] outputs) => HasMasks ? [.. outputs.Select(MaskOf)] : null;

    /// <summary>Whether any tensor of this step has a mask.</summary>
    internal bool HasMasks => masks.Count > 0;

    /// <summary>The losses added by layers in this step. Keras: <c>losses</c>.</summary>
    public IReadOnlyList<Tensor> Losses => losses;

    /// <summary>The context of the current step on this thread, or null.</summary>
    internal static CallContext? Current => current;

    /// <summary>Observes each layer call in this context; null (the usual case) for none.</summary>
    internal ICallObserver? Observer { get; init; }

    /// <summary>Nesting depth of the running layer calls.</summary>
    internal int Depth { get; set; }

    /// <summary>Whether the context was created by a user; calls with it also create the weights of layers.</summary>
    internal bool IsOfUser { get; }

    /// <summary>Makes this the current context of this thread until the returned object is disposed.</summary>
    internal Within Enter() => new(this);

    /// <summary>Restores the outer context.</summary>
    internal readonly struct Within : IDisposable
    {
        private readonly CallContext? outer;

        public Within(CallContext context) => (outer, current) = (current, context);

        public void Dispose() => current = outer;
    }

    /// <summary>
    /// Fills a dropout mask of contiguous 32-bit floats from the random numbers for passes over raw memory: a separate stream that all
    /// layers draw from in order.
    /// </summary>
    internal unsafe void FillMask(Tensor mask, double probability, float kept)
    {
        float* place = (float*)TensorMemory.PointerTo(mask);
        long count = mask.NumberOfElements;
        (long total, long first) = WholeMask(mask.dim() > 0 ? mask.shape[0] : 1, count);
        noise.FillMask(place, total, first, count, probability, kept);
    }

    /// <summary>The random numbers of the next mask, which are thereby used.</summary>
    /// <param name="rows">Number of rows of the mask.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="total">Number of elements of the mask of all processes.</param>
    /// <param name="first">Index of the first element in it.</param>
    internal RandomStream TakeMask(long rows, long count, out long total, out long first)
    {
        (total, first) = WholeMask(rows, count);
        RandomStream taken = noise;
        noise.SkipMask(total);
        return taken;
    }

    // The numbers of a row do not depend on the number of processes.
    private (long Total, long First) WholeMask(long rows, long count) => Share is { } share && rows % share.Count == 0
        ? (share.Total * (count / share.Count), share.First * (count / share.Count))
        : (count, 0);

    /// <summary>Begins a training step.</summary>
    /// <param name="step">The optimizer's step count.</param>
    /// <param name="turn">
    /// The number of training steps since the optimizer's last step; above 0 if the steps use other optimizers or none.
    /// </param>
    internal void BeginStep(ulong step, ulong turn = 0) => Begin(RandomPurpose.Noise, RandomPurpose.Mask, step, turn, 0);

    /// <summary>Begins a validation batch.</summary>
    /// <param name="step">The optimizer's step count before the validation.</param>
    /// <param name="turn">The number of training steps since the optimizer's last step.</param>
    /// <param name="batch">Index of the batch.</param>
    internal void BeginValidation(ulong step, ulong turn, ulong batch) =>
        Begin(RandomPurpose.ValidationNoise, RandomPurpose.ValidationMask, step, turn, batch);

    /// <summary>Begins an evaluation or prediction batch.</summary>
    /// <param name="call">The number of earlier evaluations and predictions of the model.</param>
    /// <param name="batch">Index of the batch.</param>
    internal void BeginInference(ulong call, ulong batch) =>
        Begin(RandomPurpose.InferenceNoise, RandomPurpose.InferenceMask, call, 0, batch);

    private void Begin(RandomPurpose ofNoise, RandomPurpose ofMasks, ulong index, ulong turn, ulong batch)
    {
        SeedStep(ofNoise, ofMasks, index, turn, batch);
        losses.Clear();
        masks.Clear();
        Depth = 0;
        if (MayBeResumed && device.type != DeviceType.CPU)
        {
            SeedLibtorch();
        }
    }

    private void SeedStep(RandomPurpose ofNoise, RandomPurpose ofMasks, ulong index, ulong turn, ulong batch)
    {
        generatorSeed = new RandomStream(seed, ofNoise, index, turn, batch);
        noise = new RandomStream(seed, ofMasks, index, turn, batch);
        seeded = false;
    }

    private long SeedOfGenerator()
    {
        RandomStream stream = generatorSeed;
        return (long)(stream.NextBits() >> 1);
    }
}
