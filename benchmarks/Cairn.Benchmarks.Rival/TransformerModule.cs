using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>One encoder block of TorchSharp (64 features, 4 heads, feed-forward part of 256), the mean over time, a linear layer.</summary>
internal sealed class TransformerModule : nn.Module<Tensor, Tensor>
{
    private readonly TransformerEncoderLayer block = nn.TransformerEncoderLayer(64, 4, 256, dropout: 0);
    private readonly Linear head = nn.Linear(64, 10);

    public TransformerModule()
        : base(nameof(TransformerModule)) => RegisterComponents();

    // The block takes [time, batch, features].
    public override Tensor forward(Tensor input) => head.forward(block.call(input.transpose(0, 1), null, null).mean([0]));
}
