using Cairn.Initializers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>Creates the weights of a model while it is built: assigns each its path and its random numbers.</summary>
internal sealed class BuildContext
{
    private readonly ulong seed;
    private readonly string path;
    private readonly Counter weights;
    private readonly bool leaveEmpty;
    private Func<Exception>? refusal;

    /// <summary>Starts building a model.</summary>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="mostNumbers">Maximum number of elements in all weights; a model loaded from a file can't have more than the
    /// file.</param>
    /// <param name="leaveEmpty">Whether to skip initialization because the values are then read from a file.</param>
    public BuildContext(ulong seed, long mostNumbers = long.MaxValue, bool leaveEmpty = false)
        : this(seed, "", new Counter { Room = mostNumbers }, leaveEmpty)
    {
    }

    private BuildContext(ulong seed, string path, Counter weights, bool leaveEmpty)
    {
        this.leaveEmpty = leaveEmpty;
        this.seed = seed;
        this.path = path;
        this.weights = weights;
    }

    /// <summary>Whether this context belongs to the model itself, not to a layer within it.</summary>
    public bool IsOutermost => path.Length == 0;

    /// <summary>Creates a context for layers without weights; creating a weight throws an exception.</summary>
    public static BuildContext WithoutWeights(Func<Exception> refusal) => new(0) { refusal = refusal };

    public BuildContext Within(string name) =>
        new(seed, PathOf(name), weights, leaveEmpty) { refusal = refusal };

    /// <summary>Skips the random streams of weights that already exist.</summary>
    public void Skip(int count) => weights.Next += (ulong)count;

    public Variable CreateVariable(string name, Shape shape, Initializer initializer, bool trainable)
    {
        Admit(shape);
        return Create(name, shape, initializer, trainable, fill: !leaveEmpty);
    }

    /// <summary>Creates a weight of another type than float32, which is not trained.</summary>
    public Variable CreateZeros(string name, Shape shape, ScalarType type)
    {
        Admit(shape);
        weights.Next++;
        return new Variable(name, zeros(shape.ToArray(), type), trainable: false) { Path = PathOf(name) };
    }

    /// <summary>Creates a trainable weight that is not stored in files.</summary>
    public Variable CreateFilledVariable(string name, Shape shape, Initializer initializer) =>
        Create(name, shape, initializer, trainable: true, fill: true);

    private Variable Create(string name, Shape shape, Initializer initializer, bool trainable, bool fill)
    {
        Tensor value = empty(shape.ToArray(), ScalarType.Float32);
        ulong number = weights.Next++;
        if (fill)
        {
            initializer.Fill(TensorMemory.SpanOf<float>(value), shape, new RandomStream(seed, RandomPurpose.Initialization, number));
        }

        return new Variable(name, value, trainable) { Path = PathOf(name) };
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}/{name}";

    private void Admit(Shape shape)
    {
        if (refusal is not null)
        {
            throw refusal();
        }

        weights.Take(shape);
    }

    private sealed class Counter
    {
        public ulong Next { get; set; }

        public Int128 Room { get; init; }

        private Int128 Taken { get; set; }

        public void Take(Shape shape)
        {
            Int128 count = 1;
            foreach (long size in shape)
            {
                count = Int128.Min(count * size, long.MaxValue);
            }

            Taken += count;
            if (Taken > Room)
            {
                throw new InvalidOperationException($"its weights have at least {Taken} elements, but the file holds at most {Room}.");
            }
        }
    }
}
