using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Cairn.Benchmarks.Rival;

/// <summary>The mean of embedded tokens, and a linear layer.</summary>
internal sealed class EmbeddingModule : nn.Module<Tensor, Tensor>
{
    private readonly Embedding table;
    private readonly Linear head;

    public EmbeddingModule(long tokens, long width)
        : base(nameof(EmbeddingModule))
    {
        table = nn.Embedding(tokens, width);
        head = nn.Linear(width, 10);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => head.forward(table.forward(input).mean([1]));
}
