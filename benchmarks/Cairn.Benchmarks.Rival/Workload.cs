using TorchSharp;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>A training task for both sides: the same layers, batch size, number of samples and epochs, on random data.</summary>
/// <param name="Key">Its name on the command line.</param>
/// <param name="Name">The name in the table.</param>
/// <param name="BatchSize">Samples per step.</param>
/// <param name="Steps">Steps per epoch; a measurement is one epoch.</param>
/// <param name="Sample">Shape of a sample in Keras' axis order.</param>
/// <param name="Module">Creates the model with TorchSharp's modules, with logits as outputs.</param>
/// <param name="Target">The target.</param>
internal sealed partial record Workload(
    string Key,
    string Name,
    int BatchSize,
    int Steps,
    long[] Sample,
    Func<nn.Module<Tensor, Tensor>> Module,
    Target Target = Target.Classes)
{
    public int Samples => BatchSize * Steps;

    /// <summary>Whether the module takes the channels as its second axis.</summary>
    public bool IsConvolutional { get; init; }

    /// <summary>Whether the layout of the weights of convolutions can be chosen, and so both are measured.</summary>
    public bool HasTwoLayouts => IsConvolutional && Sample.Length == 3;

    /// <summary>Factor of the squares of the weights of linear layers, added to the loss; 0 for none.</summary>
    public float Penalty { get; init; }

    /// <summary>For samples of token indices, their number; 0 for samples of floats.</summary>
    public int Tokens { get; init; }

    /// <summary>
    /// Whether Cairn's last layer outputs logits; otherwise it is a softmax, as in most Keras programs. The module always outputs logits.
    /// </summary>
    public bool Logits { get; init; } = true;

    /// <summary>Inputs from 0 to 1, or token indices, and targets, the same for both sides. The caller owns the tensors.</summary>
    /// <returns>
    /// Samples in Keras' axis order; labels as int64 <c>[samples]</c>, as float32 <c>[samples, 1]</c> for a binary target, or the samples.
    /// </returns>
    public (Tensor Samples, Tensor Labels) CreateData()
    {
        var random = new Random(1);
        long count = Samples * Sample.Aggregate(1L, (a, b) => a * b);
        Tensor samples = Tokens > 0
            ? tensor(Enumerable.Range(0, (int)count).Select(_ => (long)random.Next(Tokens)).ToArray(), [Samples, .. Sample])
            : tensor(Enumerable.Range(0, (int)count).Select(_ => random.NextSingle()).ToArray(), [Samples, .. Sample]);
        if (Target == Target.Input)
        {
            return (samples, samples);
        }

        int classes = Target == Target.Binary ? 2 : 10;
        Tensor labels = tensor(Enumerable.Range(0, Samples).Select(_ => (long)random.Next(classes)).ToArray());
        return (samples, Target == Target.Binary ? labels.to(ScalarType.Float32).reshape(-1, 1) : labels);
    }
}
