using Cairn.Initializers;
using Cairn.Native;
using static TorchSharp.torch;

namespace Cairn.Training;

/// <summary>Makes the weights of a model while it is built: their paths, and the random numbers of each.</summary>
internal sealed class BuildContext
{
    private readonly ulong seed;
    private readonly string path;
    private readonly Counter weights;

    public BuildContext(ulong seed)
        : this(seed, "", new Counter())
    {
    }

    private BuildContext(ulong seed, string path, Counter weights)
    {
        this.seed = seed;
        this.path = path;
        this.weights = weights;
    }

    public BuildContext Within(string name) => new(seed, path.Length == 0 ? name : $"{path}/{name}", weights);

    public Variable CreateVariable(string name, Shape shape, Initializer initializer, bool trainable)
    {
        Tensor value = empty(shape.ToArray(), ScalarType.Float32);
        initializer.Fill(TensorMemory.SpanOf<float>(value), shape, new RandomStream(seed, RandomPurpose.Initialization, weights.Next++));
        return new Variable(name, value, trainable) { Path = path.Length == 0 ? name : $"{path}/{name}" };
    }

    private sealed class Counter
    {
        public ulong Next { get; set; }
    }
}
